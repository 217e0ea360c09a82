/** Tells the story step by step, and knows which step it is at when something fails. */
export class Narrator {
  #number = 0;
  #step = 'preparing';
  #background: () => string = () => '';

  constructor(private readonly steps: number) {}

  get step(): string {
    return this.#step;
  }

  /** Runs one step under a heading. `limitMs` ends the wait, not the work. */
  async tell<T>(heading: string, limitMs: number, work: () => Promise<T>): Promise<T> {
    this.#number += 1;
    this.#step = heading;
    console.log(`\n[${this.#number}/${this.steps}] ${heading}`);
    const began = Date.now();
    const result = await withLimit(work(), limitMs);
    this.say(`done in ${((Date.now() - began) / 1000).toFixed(1)} s`);
    return result;
  }

  /** Names what tells more about a failure, such as a log. */
  onFailure(background: () => string): void {
    this.#background = background;
  }

  /** The end of what was named by onFailure. */
  get background(): string {
    return this.#background().trim().split('\n').slice(-15).join('\n');
  }

  say(line: string): void {
    console.log(`      ${line}`);
  }
}

async function withLimit<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${limitMs / 1000} seconds`)), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
