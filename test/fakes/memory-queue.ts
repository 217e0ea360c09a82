import { HeadwaterError } from '../../src/domain/errors';
import type { RunJob, RunPriority, RunQueue } from '../../src/ports/run-queue';

interface Entry {
  readonly job: RunJob;
  readonly priority: RunPriority;
}

/** A queue without Redis. Jobs wait until somebody works; set `down` to make it unavailable. */
export class MemoryQueue implements RunQueue {
  down = false;
  /** Every call of ensure that was answered, repeats included. */
  readonly ensured: Entry[] = [];
  #waiting: Entry[] = [];
  readonly #working = new Map<string, Promise<void>>();
  #handler: ((job: RunJob) => Promise<void>) | null = null;
  #concurrency = 0;

  async ensure(job: RunJob, priority: RunPriority): Promise<void> {
    this.#assertUp();
    this.ensured.push({ job, priority });
    const known = this.#working.has(job.runId) || this.#waiting.some((entry) => entry.job.runId === job.runId);
    if (!known) this.#waiting.push({ job, priority });
    this.#deliver();
  }

  work(handler: (job: RunJob) => Promise<void>, concurrency: number): void {
    this.#handler = handler;
    this.#concurrency = concurrency;
    this.#deliver();
  }

  async ping(): Promise<void> {
    this.#assertUp();
  }

  async close(): Promise<void> {
    this.#handler = null;
    await Promise.all(this.#working.values());
  }

  /** Jobs in the order in which they will be taken. */
  get waiting(): RunJob[] {
    const of = (priority: RunPriority) => this.#waiting.filter((entry) => entry.priority === priority);
    return [...of('manual'), ...of('clock')].map((entry) => entry.job);
  }

  /** Takes the next waiting job, as a worker would; undefined when there is none. */
  take(): RunJob | undefined {
    const next = this.waiting[0];
    this.#waiting = this.#waiting.filter((entry) => entry.job !== next);
    return next;
  }

  /** Everything that waits is gone, as after a loss of Redis. */
  lose(): void {
    this.#waiting = [];
  }

  /** Resolves when the worker, if there is one, has nothing left to do. */
  async idle(): Promise<void> {
    while (this.#working.size > 0) await Promise.all(this.#working.values());
  }

  #deliver(): void {
    while (this.#handler !== null && this.#working.size < this.#concurrency) {
      const job = this.take();
      if (job === undefined) return;
      const work = this.#handler(job).finally(() => {
        this.#working.delete(job.runId);
        this.#deliver();
      });
      this.#working.set(job.runId, work);
    }
  }

  #assertUp(): void {
    if (this.down) throw new HeadwaterError('queue_unavailable');
  }
}
