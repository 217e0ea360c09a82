/** How often something was done in the current window of time, and when the next one begins. */
export interface RateCount {
  readonly totalHits: number;
  readonly resetTime: Date;
}

/** Raises queue_unavailable at once when what counts is away. */
export interface RateCounter {
  increment(key: string): Promise<RateCount>;
  decrement(key: string): Promise<void>;
  resetKey(key: string): Promise<void>;
}

/** Counts that all web processes share. */
export interface RateCounters {
  /** `name` keeps the keys of one purpose apart from those of others. */
  counter(name: string, windowMs: number): RateCounter;
  close(): Promise<void>;
}
