/**
 * Calls `onStall` once nothing has moved for `idleMs`. While `isTheirTurn` answers false, we are what is being waited
 * for, and the clock stands still.
 */
export class StallWatch {
  #last = performance.now();
  #timer: NodeJS.Timeout | null = null;
  #lastLook: NodeJS.Immediate | null = null;

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
    if (this.#lastLook !== null) clearImmediate(this.#lastLook);
    this.#timer = null;
    this.#lastLook = null;
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
      // After a pause of this process, of a busy or a sleeping machine, what has come meanwhile is still to be read.
      this.#lastLook = setImmediate(() => this.#strike());
    }, delayMs);
  }

  #strike(): void {
    const left = this.#last + this.idleMs - performance.now();
    if (left > 0) this.#arm(left);
    else this.onStall();
  }
}
