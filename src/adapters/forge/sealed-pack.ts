import { createHash, randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';

/** The bytes do not begin like a pack. */
export class PackHeadError extends Error {}

const headLength = 12;
const checksumLength = 20;

/**
 * A stranger's pack, made so that only we can finish it. Whoever receives a pack takes it once as many objects came as its
 * head says, and then a checksum that is right. So an object of random bytes is put before the stranger's, which makes the
 * checksum one that the stranger cannot know, and it is kept back until `seal`. Deltas refer to places relative to their
 * own, so nothing else changes. The object belongs to no history, and goes with the forge's next garbage collection.
 */
export class SealedPack {
  readonly #hash = createHash('sha1');
  #head: Buffer = Buffer.alloc(0);
  /** The last bytes so far: they may be the stranger's checksum, which is dropped. */
  #tail: Buffer = Buffer.alloc(0);

  /** What can be sent now. Raises PackHeadError. */
  push(bytes: Uint8Array): Buffer[] {
    let body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const parts: Buffer[] = [];
    if (this.#head.length < headLength) {
      const missing = headLength - this.#head.length;
      this.#head = Buffer.concat([this.#head, body.subarray(0, missing)]);
      body = body.subarray(missing);
      if (this.#head.length < headLength) return [];
      parts.push(headWithOneMore(this.#head), randomObject());
    }
    parts.push(...this.#keepTail(body));
    for (const part of parts) this.#hash.update(part);
    return parts;
  }

  /** The checksum, after which nothing more can be added. */
  seal(): Buffer {
    return this.#hash.digest();
  }

  #keepTail(body: Buffer): Buffer[] {
    const release = this.#tail.length + body.length - checksumLength;
    if (release <= 0) {
      this.#tail = Buffer.concat([this.#tail, body]);
      return [];
    }
    const fromTail = this.#tail.subarray(0, release);
    const fromBody = body.subarray(0, Math.max(0, release - fromTail.length));
    this.#tail = Buffer.concat([this.#tail.subarray(fromTail.length), body.subarray(fromBody.length)]);
    return [fromTail, fromBody].filter((part) => part.length > 0);
  }
}

/** "PACK", the version, and how many objects follow, in four bytes each. */
function headWithOneMore(head: Buffer): Buffer {
  const version = head.readUInt32BE(4);
  const count = head.readUInt32BE(8);
  if (head.toString('latin1', 0, 4) !== 'PACK' || version < 2 || version > 3 || count === 0xffffffff)
    throw new PackHeadError('not the head of a pack');
  const more = Buffer.from(head);
  more.writeUInt32BE(count + 1, 8);
  return more;
}

/** A blob as it stands in a pack: type 3 and the size, seven bits and then four from the right, then the compressed text. */
function randomObject(): Buffer {
  const text = Buffer.from(`Headwater sealed an import with ${randomBytes(16).toString('hex')}\n`);
  const size = [0x80 | (3 << 4) | (text.length & 15), text.length >> 4];
  return Buffer.concat([Buffer.from(size), deflateSync(text)]);
}
