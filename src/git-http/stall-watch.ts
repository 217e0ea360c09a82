/**
 * Calls `onStall` once nothing has moved for `idleMs`. While `isTheirTurn` answers false, we are what is being waited
 * for, and the clock stands still.
 */
export class StallWatch {
  #last = performance.now();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly idleMs: number,
    private readonly onStall: () => void,
    private readonly isTheirTurn: () => boolean = () => true,
  ) {
    this.#arm(idleMs);
  }

  /** Something moved. */
  touch(): void {
    this.#last = performance.now();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  // One timer that looks back, instead of one that is set anew with each chunk.
  #arm(delayMs: number): void {
    this.#timer = setTimeout(() => {
      if (!this.isTheirTurn()) this.touch();
      const left = this.#last + this.idleMs - performance.now();
      if (left > 0) {
        this.#arm(left);
        return;
      }
      this.#timer = null;
      this.onStall();
    }, delayMs);
  }
}
