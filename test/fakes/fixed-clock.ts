/** A clock that stands still until it is told otherwise; epoch ms. */
export class FixedClock {
  #at: number;

  constructor(at: number = Date.UTC(2026, 0, 1)) {
    this.#at = at;
  }

  now(): number {
    return this.#at;
  }

  advance(ms: number): void {
    this.#at += ms;
  }

  set(at: number): void {
    this.#at = at;
  }
}
