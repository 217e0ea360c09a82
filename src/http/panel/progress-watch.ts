import type { Notices } from '../../ports/notices';
import { viewProgress, type ProgressView, type Sample } from './view/progress';

interface Watched {
  readonly samples: Sample[];
  readonly stop: () => void;
  lookedAt: number;
}

/** Samples of so long (ms) make the rate and the guess. */
const windowMs = 30_000;
/** Nobody has looked for so long: the next who looks begins anew. ms. */
const forgottenMs = 10 * 60_000;
const mostWatched = 1000;

/**
 * Remembers how far running updates are, so that a page that is loaded again shows it at once. Watches only what somebody
 * looks at, and until the run ends.
 */
export class ProgressWatch {
  readonly #watched = new Map<string, Promise<Watched>>();

  constructor(
    private readonly notices: Pick<Notices, 'subscribe'>,
    private readonly now: () => number,
  ) {}

  /** Of the run under way; null while nothing is known of it. */
  async progressOf(mirrorId: string): Promise<ProgressView | null> {
    const watched = await (this.#watched.get(mirrorId) ?? this.#begin(mirrorId));
    watched.lookedAt = this.now();
    return viewProgress(watched.samples);
  }

  close(): void {
    for (const id of [...this.#watched.keys()]) this.#end(id);
  }

  #begin(mirrorId: string): Promise<Watched> {
    this.#forgetOld();
    const samples: Sample[] = [];
    const begun = this.notices
      .subscribe(mirrorId, (notice) => {
        if (notice.type === 'run.progressed') this.#add(samples, { ...notice, at: this.now() });
        else if (notice.type !== 'run.queued') samples.length = 0;
        if (notice.type === 'run.finished' || notice.type === 'run.failed' || notice.type === 'mirror.removed')
          this.#end(mirrorId);
      })
      .then((stop): Watched => ({ samples, stop, lookedAt: this.now() }));
    this.#watched.set(mirrorId, begun);
    return begun;
  }

  #add(samples: Sample[], sample: Sample): void {
    // Another phase begins: its rate is another one.
    if (samples.at(-1)?.phase !== sample.phase) samples.length = 0;
    while ((samples[1]?.at ?? sample.at) < sample.at - windowMs) samples.shift();
    // One sample a second is plenty, and the newest always counts.
    if (samples.length > 1 && sample.at - (samples.at(-2)?.at ?? 0) < 1000) samples.pop();
    samples.push(sample);
  }

  #end(mirrorId: string): void {
    const watched = this.#watched.get(mirrorId);
    this.#watched.delete(mirrorId);
    void watched?.then(({ stop }) => stop());
  }

  #forgetOld(): void {
    const tooMany = this.#watched.size >= mostWatched;
    for (const [id, begun] of this.#watched)
      void begun.then(({ lookedAt }) => {
        if (tooMany || this.now() - lookedAt > forgottenMs) this.#end(id);
      });
  }
}
