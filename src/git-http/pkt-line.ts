export const flushPkt = Buffer.from('0000');

/** One line of git's wire format: four hexadecimal digits of length, which count themselves, then the payload. */
export function pktLine(payload: string): Buffer {
  const body = Buffer.from(payload);
  return Buffer.concat([Buffer.from((body.length + 4).toString(16).padStart(4, '0')), body]);
}

/** The stream is not made of pkt-lines. */
export class PktLineError extends Error {}

/**
 * Cuts a stream into pkt-lines. `onLine` is given the buffer and the payload's bounds in it, so that nothing is copied;
 * a flush packet has start = end = -1.
 */
export class PktLineReader {
  #rest: Buffer | null = null;

  constructor(private readonly onLine: (buffer: Buffer, start: number, end: number) => void) {}

  /** Raises PktLineError. */
  push(chunk: Buffer): void {
    const buffer = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = null;
    let at = 0;
    while (at + 4 <= buffer.length) {
      const length = readLength(buffer, at);
      if (length === 0) {
        this.onLine(buffer, -1, -1);
        at += 4;
        continue;
      }
      if (at + length > buffer.length) break;
      this.onLine(buffer, at + 4, at + length);
      at += length;
    }
    if (at < buffer.length) this.#rest = buffer.subarray(at);
  }

  /** Is a line still incomplete? */
  get isInsideLine(): boolean {
    return this.#rest !== null;
  }
}

function readLength(buffer: Buffer, at: number): number {
  let length = 0;
  for (let i = at; i < at + 4; i += 1) {
    const digit = hexValue(buffer[i] ?? 0);
    if (digit < 0) throw new PktLineError('a line has no length');
    length = length * 16 + digit;
  }
  // 1 to 3 are separators of protocol version 2, which is never spoken here; 4 is an empty line.
  if (length > 0 && length < 4) throw new PktLineError('a line has an impossible length');
  return length;
}

/** The value of a hexadecimal digit given as a byte, or -1. */
export function hexValue(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  if (byte >= 97 && byte <= 102) return byte - 87;
  if (byte >= 65 && byte <= 70) return byte - 55;
  return -1;
}
