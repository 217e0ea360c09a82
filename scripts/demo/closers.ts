/** What must be undone at the end, in reverse order, whatever happened before. */
export class Closers {
  readonly #closers: (() => Promise<void> | void)[] = [];
  #closing: Promise<void> | null = null;

  /** What is added while everything is being closed is closed in its turn. */
  add(close: () => Promise<void> | void): void {
    this.#closers.push(close);
    if (this.#closing !== null) this.#closing = this.#closing.then(() => this.#closeAll());
  }

  /** Closes everything once; a closer that fails does not keep the others from their work. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await close();
      } catch (error) {
        console.error(`While cleaning up: ${String(error)}`);
      }
    }
  }
}
