import { hexValue } from './pkt-line';

const mainBand = 1;
const headLength = 5;

/**
 * Takes what is in band 1 out of a side-band stream: the pack in a fetch's answer, the report in a push's. Works on slices
 * and copies nothing. A stream without side bands, or a malformed one, gives nothing.
 */
export class SideBandReader {
  #head = 0;
  #length = 0;
  #left = 0;
  #inMainBand = false;
  #over = false;

  /** What of band 1 is in the next bytes of the stream. */
  push(chunk: Buffer): Buffer[] {
    const found: Buffer[] = [];
    for (let at = 0; at < chunk.length && !this.#over;) {
      if (this.#left === 0) {
        this.#headByte(chunk[at] ?? 0);
        at += 1;
        continue;
      }
      const end = Math.min(chunk.length, at + this.#left);
      if (this.#inMainBand) found.push(chunk.subarray(at, end));
      this.#left -= end - at;
      at = end;
    }
    return found;
  }

  /** Four digits of length, then the band. Lines before the bands begin, such as "NAK", start with a letter instead. */
  #headByte(byte: number): void {
    this.#head += 1;
    if (this.#head < headLength) {
      const digit = hexValue(byte);
      this.#length = this.#length * 16 + digit;
      // A flush packet ends the stream.
      if (digit < 0 || (this.#head === headLength - 1 && this.#length < headLength)) this.#over = true;
      return;
    }
    this.#inMainBand = byte === mainBand;
    this.#left = this.#length - headLength;
    this.#head = 0;
    this.#length = 0;
  }
}
