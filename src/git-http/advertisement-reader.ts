import { createHash } from 'node:crypto';
import { AdvertisementParser, type Advertisement, type AdvertisementFault } from './advertisement';
import { LaterRefs } from './later-refs';
import { PktLineReader } from './pkt-line';

/** An advertisement that was read before, and all that is in it but its refs. */
export interface KnownAdvertisement extends Omit<Advertisement, 'refs' | 'receivedBytes'> {
  readonly refCount: number;
}

/** So much is parsed as it comes, even where the same is expected as before: a server that refuses says so at once. */
const eagerBytes = 64 * 1024;

/**
 * Reads an advertisement. Where one is known, the bytes are only kept and hashed as they come: to parse tens of thousands
 * of refs takes thirty times as long. If they are the same as then, nobody may ever want to see the refs in them.
 */
export class AdvertisementReader {
  readonly #parser: AdvertisementParser;
  readonly #lines: PktLineReader;
  readonly #hash = createHash('sha256');
  #later: Buffer[] = [];
  #bytes = 0;

  constructor(
    service: string,
    private readonly known: KnownAdvertisement | undefined,
  ) {
    const parser = new AdvertisementParser(service);
    this.#parser = parser;
    this.#lines = new PktLineReader((text, start, end) => parser.line(text, start, end));
  }

  get receivedBytes(): number {
    return this.#bytes;
  }

  get fault(): AdvertisementFault | null {
    return this.#parser.fault;
  }

  /** Raises PktLineError. */
  push(chunk: Buffer): void {
    this.#hash.update(chunk);
    if (this.known === undefined || this.#bytes < eagerBytes) this.#lines.push(chunk);
    else this.#later.push(chunk);
    this.#bytes += chunk.length;
  }

  /** To be asked once, after the last chunk. null: there is a fault, or the list broke off. Raises PktLineError. */
  end(): Advertisement | null {
    const sha256 = this.#hash.digest('hex');
    if (this.known?.sha256 === sha256) {
      const { refCount, ...said } = this.known;
      const refs = new LaterRefs(refCount, () => (this.#parseRest(), this.#parser.result(this.#bytes, sha256).refs));
      return { ...said, refs, receivedBytes: this.#bytes };
    }
    this.#parseRest();
    return this.fault === null && this.#parser.isComplete ? this.#parser.result(this.#bytes, sha256) : null;
  }

  #parseRest(): void {
    for (const chunk of this.#later) this.#lines.push(chunk);
    this.#later = [];
  }
}
