import { lfsKey, type LfsObject } from '../../domain/lfs-pointer';
import type { HeadwaterError } from '../../domain/errors';
import type { HeldContent } from './held-content';

/** An object that the upstream has shown to have. */
export interface ProvedObject {
  readonly object: LfsObject;
  /** Its content, where that was kept. */
  readonly held: HeldContent | null;
}

/** Whether the forge wants an object, or why it may not be sent. */
export type ForgeAnswer = boolean | HeadwaterError;

export interface SendQueueOptions {
  /** Objects on their way to the forge at once. */
  readonly concurrency: number;
  /** Objects asked about at once. */
  readonly batchSize: number;
  /** Asks the forge; may reject, which ends the copy. */
  readonly ask: (objects: readonly LfsObject[]) => Promise<ReadonlyMap<string, ForgeAnswer>>;
  /** Does what the answer says; never rejects. */
  readonly settle: (proved: ProvedObject, answer: ForgeAnswer) => Promise<void>;
  /** Keeps account of what is going on. */
  readonly track: (work: Promise<void>) => void;
}

/**
 * Asks the forge about what has come together while the last answers were being worked off: every question costs the forge
 * as much as signing in does, so a few are better than one for each object, and nobody waits for a batch to fill.
 */
export class SendQueue {
  readonly #proved: ProvedObject[] = [];
  readonly #answered: [ProvedObject, ForgeAnswer][] = [];
  #sending = 0;
  #asking = false;

  constructor(private readonly options: SendQueueOptions) {}

  add(proved: ProvedObject): void {
    this.#proved.push(proved);
    this.#next();
  }

  #next(): void {
    const { concurrency, batchSize, settle, track } = this.options;
    while (this.#sending < concurrency) {
      const [proved, answer] = this.#answered.shift() ?? [];
      if (proved === undefined || answer === undefined) break;
      this.#sending += 1;
      track(
        settle(proved, answer).then(() => {
          this.#sending -= 1;
          this.#next();
        }),
      );
    }
    if (this.#asking || this.#proved.length === 0 || this.#sending + this.#answered.length >= concurrency) return;
    this.#asking = true;
    track(this.#ask(this.#proved.splice(0, batchSize)));
  }

  async #ask(proved: readonly ProvedObject[]): Promise<void> {
    const answers = await this.options.ask(proved.map(({ object }) => object));
    for (const one of proved) this.#answered.push([one, answers.get(lfsKey(one.object)) ?? false]);
    this.#asking = false;
    this.#next();
  }
}
