import { isValidRefName, type Oid, type RefMap, type RefName } from '../domain/git-ref';
import { showRemoteText } from '../domain/redact';
import { utf8 } from './pkt-line';

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
  /** Of the bytes that all this was read from; null where that was not asked for. */
  readonly sha256: string | null;
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

  /** `service` stands at the head of an answer over HTTP; null for SSH, where there is no head. */
  constructor(private readonly service: string | null) {
    if (service === null) this.#section = 'refs';
  }

  get fault(): AdvertisementFault | null {
    return this.#fault;
  }

  get isComplete(): boolean {
    return this.#section === 'end';
  }

  /** A payload between `start` and `end` (PktLineReader); a flush packet has start = -1. */
  line(text: string, start: number, end: number): void {
    if (this.#fault !== null || this.#section === 'end') return;
    if (start < 0) this.#flush();
    else if (this.#section === 'service') this.#serviceLine(text.slice(start, end));
    else this.#refLine(text, start, text.charCodeAt(end - 1) === 10 ? end - 1 : end);
  }

  result(receivedBytes: number, sha256: string | null = null): Advertisement {
    const capabilities = this.#capabilities ?? [];
    const symref = capabilities.find((capability) => capability.startsWith('symref=HEAD:'));
    return {
      refs: this.#refs,
      invalidNames: this.#invalidNames,
      head: this.#head,
      headTarget: symref?.slice('symref=HEAD:'.length) ?? null,
      capabilities,
      receivedBytes,
      sha256,
    };
  }

  #flush(): void {
    if (this.#section === 'service') this.#fault = malformed;
    this.#section = this.#section === 'after-service' ? 'refs' : 'end';
  }

  #serviceLine(line: string): void {
    if (line.startsWith('ERR ')) this.#fault = { kind: 'refused', text: utf8(line.slice(4)) };
    else if (line.trimEnd() !== `# service=${this.service}`) this.#fault = malformed;
    this.#section = 'after-service';
  }

  #refLine(text: string, start: number, end: number): void {
    if (this.#capabilities === null) this.#firstLine(text, start, end);
    else this.#ref(text, start, end);
  }

  #firstLine(text: string, start: number, end: number): void {
    const nul = text.indexOf('\0', start);
    if (nul < 0 || nul >= end) {
      const line = text.slice(start, end);
      if (line.startsWith('ERR ')) this.#fault = { kind: 'refused', text: utf8(line.slice(4)) };
      else if (line !== 'version 1') this.#fault = malformed;
      return;
    }
    this.#capabilities = utf8(text.slice(nul + 1, end))
      .split(' ')
      .filter((capability) => capability !== '');
    const format = this.#capabilities.find((capability) => capability.startsWith('object-format='));
    if (format !== undefined && format !== 'object-format=sha1') {
      this.#fault = { kind: 'unsupported', feature: 'sha256' };
      return;
    }
    // An empty repository lists only its capabilities, under a name that is none.
    if (text.slice(start + 41, nul) !== 'capabilities^{}') this.#ref(text, start, nul);
  }

  #ref(text: string, start: number, end: number): void {
    const name = start + 41;
    if (name >= end || text.charCodeAt(start + 40) !== 32 || !this.#isOidAt(text, start)) {
      this.#oddLine(text.slice(start, end));
      return;
    }
    // "^{}" ends the line that tells what an annotated tag points to.
    if (text.charCodeAt(end - 1) === 125 && text.startsWith('^{}', end - 3)) return;
    if (!text.startsWith('refs/heads/', name) && !text.startsWith('refs/tags/', name)) {
      if (end - name === 4 && text.startsWith('HEAD', name)) this.#head = text.slice(start, start + 40);
      return;
    }
    if (isPlainName(text, name, end)) {
      this.#refs.set(text.slice(name, end), text.slice(start, start + 40));
      return;
    }
    const odd = utf8(text.slice(name, end));
    if (isValidRefName(odd)) this.#refs.set(odd, text.slice(start, start + 40));
    else if (this.#invalidNames.length < maxInvalidNames) this.#invalidNames.push(showRemoteText(odd));
  }

  // A sticky expression is compiled to machine code and looks at one place only.
  readonly #oid = /[0-9a-f]{40}/y;
  #isOidAt(text: string, start: number): boolean {
    this.#oid.lastIndex = start;
    return this.#oid.test(text);
  }

  #oddLine(line: string): void {
    if (line.startsWith('ERR ')) this.#fault = { kind: 'refused', text: utf8(line.slice(4)) };
    else if (line.startsWith('shallow ')) this.#fault = { kind: 'unsupported', feature: 'shallow' };
    else this.#fault = malformed;
  }
}

/**
 * A name whose every component is of letters, digits, "-" and "_", with dots between them, and not long: surely valid,
 * found out in one pass. All others go through isValidRefName.
 */
function isPlainName(text: string, start: number, end: number): boolean {
  if (end - start > 200) return false;
  let previous = 47;
  for (let i = start; i < end; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      // A dot may neither begin a component nor follow a dot; ".lock" is left to the full check.
      if (previous === 47 || previous === 46 || text.charCodeAt(i + 1) === 108) return false;
    } else if (code === 47) {
      if (previous === 47 || previous === 46) return false;
    } else if (!isWordCharacter(code)) return false;
    previous = code;
  }
  // "refs/heads/HEAD" is valid to git but never a branch; names that end in "D" are left to the full check.
  return previous !== 47 && previous !== 46 && previous !== 68;
}

function isWordCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 45 ||
    code === 95
  );
}
