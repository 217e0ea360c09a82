import { isValidRefName, type Oid, type RefMap, type RefName } from '../domain/git-ref';
import { showRemoteText } from '../domain/redact';
import { hexValue } from './pkt-line';

/** What a server says of its refs, in protocol version 0. */
export interface Advertisement {
  /** Branches and tags with names that git allows. Other namespaces are dropped unread. */
  readonly refs: RefMap;
  /** Branch and tag names that git does not allow, made fit to show; at most a thousand. */
  readonly invalidNames: readonly string[];
  /** The object that HEAD points to. */
  readonly head: Oid | null;
  /** The ref that HEAD points to, where the server tells. */
  readonly headTarget: RefName | null;
  readonly capabilities: readonly string[];
  readonly receivedBytes: number;
}

export type AdvertisementFault =
  | { readonly kind: 'not_git'; readonly why: string }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'unsupported'; readonly feature: 'sha256' | 'shallow' };

const maxInvalidNames = 1000;
const malformed: AdvertisementFault = { kind: 'not_git', why: 'its list of refs is malformed' };

/**
 * Takes the pkt-lines of an info/refs answer one by one. One pass over the bytes and no string for a ref that is not
 * mirrored, so that large listings cost no more than git spends on them.
 */
export class AdvertisementParser {
  readonly #refs = new Map<RefName, Oid>();
  readonly #invalidNames: string[] = [];
  #capabilities: readonly string[] | null = null;
  #head: Oid | null = null;
  #section: 'service' | 'after-service' | 'refs' | 'end' = 'service';
  #fault: AdvertisementFault | null = null;

  constructor(private readonly service: string) {}

  get fault(): AdvertisementFault | null {
    return this.#fault;
  }

  get isComplete(): boolean {
    return this.#section === 'end';
  }

  /** A payload between `start` and `end`; a flush packet has start = -1. */
  line(buffer: Buffer, start: number, end: number): void {
    if (this.#fault !== null || this.#section === 'end') return;
    if (start < 0) this.#flush();
    else if (this.#section === 'service') this.#serviceLine(buffer.toString('latin1', start, end));
    else this.#refLine(buffer, start, end);
  }

  result(receivedBytes: number): Advertisement {
    const capabilities = this.#capabilities ?? [];
    const symref = capabilities.find((capability) => capability.startsWith('symref=HEAD:'));
    return {
      refs: this.#refs,
      invalidNames: this.#invalidNames,
      head: this.#head,
      headTarget: symref?.slice('symref=HEAD:'.length) ?? null,
      capabilities,
      receivedBytes,
    };
  }

  #flush(): void {
    if (this.#section === 'service') this.#fault = malformed;
    this.#section = this.#section === 'after-service' ? 'refs' : 'end';
  }

  #serviceLine(line: string): void {
    if (line.startsWith('ERR ')) this.#fault = { kind: 'refused', text: line.slice(4) };
    else if (line.trimEnd() !== `# service=${this.service}`) this.#fault = malformed;
    this.#section = 'after-service';
  }

  #refLine(buffer: Buffer, from: number, to: number): void {
    const end = buffer[to - 1] === 10 ? to - 1 : to;
    if (this.#capabilities === null) {
      this.#firstLine(buffer, from, end);
      return;
    }
    this.#ref(buffer, from, end);
  }

  #firstLine(buffer: Buffer, start: number, end: number): void {
    const nul = buffer.indexOf(0, start);
    if (nul < 0 || nul >= end) {
      const line = buffer.toString('utf8', start, end);
      if (line.startsWith('ERR ')) this.#fault = { kind: 'refused', text: line.slice(4) };
      else if (line !== 'version 1') this.#fault = malformed;
      return;
    }
    this.#capabilities = buffer
      .toString('utf8', nul + 1, end)
      .split(' ')
      .filter((capability) => capability !== '');
    const format = this.#capabilities.find((capability) => capability.startsWith('object-format='));
    if (format !== undefined && format !== 'object-format=sha1') {
      this.#fault = { kind: 'unsupported', feature: 'sha256' };
      return;
    }
    // An empty repository lists only its capabilities, under a name that is none.
    if (buffer.toString('latin1', start + 41, nul) !== 'capabilities^{}') this.#ref(buffer, start, nul);
  }

  #ref(buffer: Buffer, start: number, end: number): void {
    const name = start + 41;
    if (name >= end || buffer[start + 40] !== 32 || !isHex(buffer, start, start + 40)) {
      this.#oddLine(buffer.toString('utf8', start, end));
      return;
    }
    // "^{}" ends the line that tells what an annotated tag points to.
    if (buffer[end - 1] === 125 && buffer[end - 2] === 123 && buffer[end - 3] === 94) return;
    if (!isMirroredName(buffer, name, end)) {
      if (end - name === 4 && buffer.toString('latin1', name, end) === 'HEAD')
        this.#head = buffer.toString('latin1', start, start + 40);
      return;
    }
    if (isPlainName(buffer, name, end)) {
      this.#refs.set(buffer.toString('latin1', name, end), buffer.toString('latin1', start, start + 40));
      return;
    }
    const odd = buffer.toString('utf8', name, end);
    if (isValidRefName(odd)) this.#refs.set(odd, buffer.toString('latin1', start, start + 40));
    else if (this.#invalidNames.length < maxInvalidNames) this.#invalidNames.push(showRemoteText(odd));
  }

  #oddLine(line: string): void {
    if (line.startsWith('ERR ')) this.#fault = { kind: 'refused', text: line.slice(4) };
    else if (line.startsWith('shallow ')) this.#fault = { kind: 'unsupported', feature: 'shallow' };
    else this.#fault = malformed;
  }
}

function isHex(buffer: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) if (hexValue(buffer[i] ?? 0) < 0) return false;
  return true;
}

/** refs/heads/… or refs/tags/… */
function isMirroredName(buffer: Buffer, start: number, end: number): boolean {
  if (end - start < 11 || buffer[start] !== 114 || buffer[start + 4] !== 47) return false;
  const kind = buffer[start + 5];
  if (kind === 104) return buffer.toString('latin1', start, start + 11) === 'refs/heads/';
  return kind === 116 && buffer.toString('latin1', start, start + 10) === 'refs/tags/';
}

/**
 * A name whose every component is of letters, digits, "-" and "_", with dots between them, and not long: surely valid,
 * found out in one pass. All others go through isValidRefName.
 */
function isPlainName(buffer: Buffer, start: number, end: number): boolean {
  if (end - start > 200) return false;
  let previous = 47;
  for (let i = start; i < end; i += 1) {
    const byte = buffer[i] ?? 0;
    if (byte === 46) {
      // A dot may neither begin a component nor follow a dot; ".lock" is left to the full check.
      if (previous === 47 || previous === 46 || buffer[i + 1] === 108) return false;
    } else if (byte === 47) {
      if (previous === 47 || previous === 46) return false;
    } else if (!isWordByte(byte)) return false;
    previous = byte;
  }
  // "refs/heads/HEAD" is valid to git but never a branch; names that end in "D" are left to the full check.
  return previous !== 47 && previous !== 46 && previous !== 68;
}

function isWordByte(byte: number): boolean {
  return (
    (byte >= 97 && byte <= 122) ||
    (byte >= 65 && byte <= 90) ||
    (byte >= 48 && byte <= 57) ||
    byte === 45 ||
    byte === 95
  );
}
