import { setTimeout as sleep } from 'node:timers/promises';
import { HeadwaterError } from '../../domain/errors';

export interface PatienceOptions {
  /** How often something is tried in all. */
  readonly tries: number;
  /** Before the second try, ms; four times as long before each further one. */
  readonly firstDelayMs: number;
  /** Whoever asks us to wait longer than this (ms) is left alone until the next run. */
  readonly maxDelayMs: number;
}

/** Tries again what may pass soon. A server that names a time (Retry-After) is given it by all who talk to it. */
export class Patience {
  #notBefore = 0;

  constructor(
    private readonly options: PatienceOptions,
    private readonly signal: AbortSignal,
  ) {}

  /** Raises what the last try raised. */
  async trying<T>(work: () => Promise<T>): Promise<T> {
    const { tries, firstDelayMs, maxDelayMs } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      await this.#turn();
      try {
        return await work();
      } catch (thrown) {
        this.signal.throwIfAborted();
        if (attempt >= tries || !mayPass(thrown)) throw thrown;
        const delay = thrown.retryAfterMs ?? firstDelayMs * 4 ** (attempt - 1);
        if (delay > maxDelayMs) throw thrown;
        if (thrown.retryAfterMs === undefined) await this.#sleep(delay);
        else this.#notBefore = Math.max(this.#notBefore, performance.now() + delay);
      }
    }
  }

  async #turn(): Promise<void> {
    for (let wait = this.#wait(); wait > 0; wait = this.#wait()) await this.#sleep(wait);
    this.signal.throwIfAborted();
  }

  #wait(): number {
    return this.#notBefore - performance.now();
  }

  async #sleep(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.signal }).catch(() => this.signal.throwIfAborted());
  }
}

/** What concerns a single object is final: it was looked into already. */
function mayPass(thrown: unknown): thrown is HeadwaterError {
  return thrown instanceof HeadwaterError && thrown.kind === 'transient' && !thrown.code.startsWith('lfs_');
}
