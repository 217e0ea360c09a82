import { FetchChild, type FetchChildOptions } from './fetch-child';

export interface FetchChildrenOptions extends FetchChildOptions {
  /** Keep one child ready, nodegit loaded, for the next job: a small fetch is twice as quick, for 80 MB of memory. */
  readonly keepSpare: boolean;
}

/** How long after a fetch the next spare is started: by then a small update has reached the forge undisturbed; ms. */
const breatherMs = 500;

/** Starts fetch children; each serves one job. */
export class FetchChildren {
  readonly #alive = new Set<FetchChild>();
  #spare: FetchChild | null = null;
  #breather: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly options: FetchChildrenOptions) {
    this.#prepareSpare();
  }

  /** A child without a job. The caller kills it and awaits its end. Raises server_exhausted. */
  take(): FetchChild {
    const spare = this.#spare;
    this.#spare = null;
    const child = spare?.isAlive === true ? spare : this.#spawn();
    // The next spare starts once this job is over, so that the two don't compete for the processor.
    void child.ended.then(() => {
      clearTimeout(this.#breather);
      if (!this.#closed) this.#breather = setTimeout(() => this.#prepareSpare(), breatherMs);
    });
    return child;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#breather);
    const children = [...this.#alive];
    for (const child of children) child.kill();
    await Promise.all(children.map((child) => child.ended));
  }

  #prepareSpare(): void {
    if (!this.options.keepSpare || this.#closed || this.#spare?.isAlive === true) return;
    try {
      this.#spare = this.#spawn();
    } catch {
      // Whoever needs one hears of it when there is none then either.
    }
  }

  #spawn(): FetchChild {
    const child = new FetchChild(this.options);
    this.#alive.add(child);
    void child.ended.then(() => this.#alive.delete(child));
    return child;
  }
}
