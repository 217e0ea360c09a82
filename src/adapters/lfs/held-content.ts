import { createHash } from 'node:crypto';
import type { LfsObject } from '../../domain/lfs-pointer';
import type { BlockPool } from './block-pool';

/** An object's content in memory, hashed as it comes. */
export class HeldContent {
  readonly #blocks: Buffer[] = [];
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor(
    readonly object: LfsObject,
    private readonly pool: BlockPool,
  ) {}

  get isTooLong(): boolean {
    return this.#bytes > this.object.size;
  }

  /** What is beyond the object's size is counted and not kept. */
  add(chunk: Buffer): void {
    const { blockBytes } = this.pool;
    const end = Math.min(chunk.length, this.object.size - this.#bytes);
    for (let at = 0; at < end;) {
      const inBlock = (this.#bytes + at) % blockBytes;
      if (inBlock === 0) this.#blocks.push(this.pool.take());
      const block = this.#blocks.at(-1) as Buffer;
      at += chunk.copy(block, inBlock, at, end);
    }
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
  }

  /** Why it is not the object; null: it is. To be asked once, at the end. */
  whyCorrupt(): string | null {
    if (this.#bytes > this.object.size) return 'it is longer than its pointer says';
    if (this.#bytes < this.object.size) return 'it is shorter than its pointer says';
    return this.#hash.digest('hex') === this.object.oid ? null : 'its SHA-256 is another one';
  }

  /** The bytes, in order. */
  pieces(): Buffer[] {
    const { blockBytes } = this.pool;
    return this.#blocks.map((block, index) =>
      block.subarray(0, Math.min(blockBytes, this.#bytes - index * blockBytes)),
    );
  }

  /** Gives the memory back; nobody may be using it then. */
  release(): void {
    this.pool.give(this.#blocks.splice(0));
  }
}
