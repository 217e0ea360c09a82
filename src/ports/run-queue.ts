/** manual runs overtake those of the clock. */
export type RunPriority = 'manual' | 'clock';

/** A job is an id and a hint: it may arrive twice, late or not at all, and the lease decides (SCHED-01). */
export interface RunJob {
  readonly runId: string;
  readonly mirrorId: string;
}

export interface RunQueue {
  /**
   * Makes sure that the job will be delivered: a no-op while it waits or is being worked on, and a dead entry of the same
   * id is replaced (SCHED-03). Raises queue_unavailable within seconds.
   */
  ensure(job: RunJob, priority: RunPriority): Promise<void>;
  /** Starts taking jobs, `concurrency` at a time. `handler` must not reject. */
  work(handler: (job: RunJob) => Promise<void>, concurrency: number): void;
  /** Raises queue_unavailable. */
  ping(): Promise<void>;
  /** Takes no further job and waits for those being worked on. */
  close(): Promise<void>;
}
