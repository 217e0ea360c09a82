/** Blocks of memory that are used again and again, since making and clearing up new ones costs more than what is done with them. */
export class BlockPool {
  readonly #free: Buffer[] = [];

  constructor(readonly blockBytes: number) {}

  /** A block with whatever is in it. */
  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.blockBytes);
  }

  /** They must not be used any more by whoever had them. */
  give(blocks: readonly Buffer[]): void {
    this.#free.push(...blocks);
  }
}
