export const flushPkt = Buffer.from('0000');

/** One line of git's wire format: four hexadecimal digits of length, which count themselves, then the payload. */
export function pktLine(payload: string): Buffer {
  const body = Buffer.from(payload);
  return Buffer.concat([Buffer.from((body.length + 4).toString(16).padStart(4, '0')), body]);
}

/** The stream is not made of pkt-lines. */
export class PktLineError extends Error {}

/**
 * Cuts a stream into pkt-lines. Bytes are handed on as a string of their own length (latin1), with the bounds of the
 * payload in it: one conversion per chunk and no copies make long listings cheap. A flush packet has start = end = -1.
 */
export class PktLineReader {
  #rest = '';

  constructor(private readonly onLine: (text: string, start: number, end: number) => void) {}

  /** Raises PktLineError. */
  push(chunk: Buffer): void {
    const text = this.#rest + chunk.toString('latin1');
    let at = 0;
    while (at + 4 <= text.length) {
      const length = readLength(text, at);
      if (length === 0) {
        this.onLine(text, -1, -1);
        at += 4;
        continue;
      }
      if (at + length > text.length) break;
      this.onLine(text, at + 4, at + length);
      at += length;
    }
    this.#rest = text.slice(at);
  }
}

/** The text that bytes in latin1 stand for. */
export function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString();
}

function readLength(text: string, at: number): number {
  let length = 0;
  for (let i = at; i < at + 4; i += 1) {
    const digit = hexValue(text.charCodeAt(i));
    if (digit < 0) throw new PktLineError('a line has no length');
    length = length * 16 + digit;
  }
  // 1 to 3 are separators of protocol version 2, which is never spoken here; 4 is an empty line.
  if (length > 0 && length < 4) throw new PktLineError('a line has an impossible length');
  return length;
}

/** The value of a hexadecimal digit given as a character code, or -1. */
export function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  if (code >= 65 && code <= 70) return code - 55;
  return -1;
}
