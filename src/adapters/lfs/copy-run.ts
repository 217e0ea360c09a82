import { Semaphore } from 'async-mutex';
import { HeadwaterError, type Fault } from '../../domain/errors';
import { planBatches } from '../../domain/lfs-batch';
import { lfsKey, type LfsObject } from '../../domain/lfs-pointer';
import type { LfsCopyRequest, LfsCopyResult } from '../../ports/lfs';
import { BlockPool } from './block-pool';
import { proveContent } from './content';
import type { ForgeLfs } from './forge-lfs';
import type { HeldContent } from './held-content';
import type { Patience } from './patience';
import { SendQueue, type ForgeAnswer, type ProvedObject } from './send-queue';
import type { UpstreamLfs } from './upstream-lfs';

export interface CopyLimits {
  /** Objects on their way at once, in either direction. */
  readonly concurrency: number;
  readonly batchSize: number;
  /**
   * An object of at most so many bytes is kept in memory between its check and its upload, and all of these together take
   * at most twice as much; a larger one is not kept, and read twice.
   */
  readonly holdBytes: number;
}

export interface CopyParts {
  readonly upstream: Pick<UpstreamLfs, 'locate' | 'open' | 'read' | 'forget'>;
  readonly forge: Pick<ForgeLfs, 'lacks' | 'wants' | 'put'>;
  readonly patience: Patience;
  /** Ends everything that is on its way, with its reason. */
  readonly stop: AbortController;
}

/** A store that fails this often in a row is not asked about thousands more. */
const maxFailuresInARow = 10;
const reportEveryMs = 250;

/** One copy, from the list of objects to the verdict on each. */
export class CopyRun {
  readonly #faults = new Map<string, Fault>();
  readonly #running = new Set<Promise<void>>();
  readonly #proving: Semaphore;
  readonly #memory: Semaphore;
  readonly #pool = new BlockPool(memoryUnit);
  readonly #queue: SendQueue;
  #settled = 0;
  #copied = 0;
  #receivedBytes = 0;
  #sentBytes = 0;
  #failuresInARow = 0;
  #reportedAt = -Infinity;

  constructor(
    private readonly request: LfsCopyRequest,
    private readonly limits: CopyLimits,
    private readonly parts: CopyParts,
  ) {
    const { forge, patience, stop } = parts;
    this.#proving = new Semaphore(limits.concurrency);
    this.#memory = new Semaphore(Math.ceil((limits.holdBytes * 2) / memoryUnit));
    // Whoever waits for memory then would wait for ever.
    stop.signal.addEventListener('abort', () => this.#memory.cancel(), { once: true });
    this.#queue = new SendQueue({
      ...limits,
      ask: (objects) => patience.trying(() => forge.wants(objects)),
      settle: (proved, answer) => this.#deliver(proved, answer),
      track: (work) => this.#track(work),
    });
  }

  async run(): Promise<LfsCopyResult> {
    const { stop } = this.parts;
    try {
      for (const batch of planBatches(this.request.objects, this.limits.batchSize)) await this.#copyBatch(batch);
    } catch (thrown) {
      stop.abort(thrown);
    }
    // Nothing is on its way any more when this ends; what is may start more.
    while (this.#running.size > 0) await Promise.all(this.#running);
    stop.signal.throwIfAborted();
    this.#report(true);
    const [faults, copied] = [this.#faults, this.#copied];
    return { faults, copied, receivedBytes: this.#receivedBytes, sentBytes: this.#sentBytes };
  }

  /** Ends when its last object is on its way, so that the next batch is asked about meanwhile. */
  async #copyBatch(batch: readonly LfsObject[]): Promise<void> {
    const { forge, upstream, patience, stop } = this.parts;
    const { missing, refused } = await patience.trying(() => forge.lacks(batch));
    this.#settled += batch.length - missing.length - refused.size;
    for (const [key, error] of refused) this.#settle(key, error);
    if (missing.length === 0) return this.#report();

    const nowhere = await patience.trying(() => upstream.locate(missing)).catch(allOf(missing));
    for (const [key, error] of nowhere) this.#settle(key, error);
    for (const object of missing) {
      if (nowhere.has(lfsKey(object))) continue;
      const [, release] = await this.#proving.acquire();
      stop.signal.throwIfAborted();
      this.#track(this.#prove(object).finally(release));
    }
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((thrown: unknown) => this.parts.stop.abort(thrown))
      .finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  /** The upstream shows that it has the object before the forge hears of it; why, ForgeLfs.wants tells. */
  async #prove(object: LfsObject): Promise<void> {
    const keep = object.size <= this.limits.holdBytes;
    if (keep) await this.#memory.acquire(memoryFor(object));
    try {
      const { patience, upstream } = this.parts;
      const held = await patience.trying(async () =>
        keep
          ? upstream.read(object, this.#pool, this.#onReceived)
          : proveContent(await upstream.open(object, this.#onReceived)),
      );
      this.#failuresInARow = 0;
      this.#queue.add({ object, held });
    } catch (thrown) {
      if (keep) this.#memory.release(memoryFor(object));
      this.#judge(object, thrown);
    }
  }

  async #deliver({ object, held }: ProvedObject, answer: ForgeAnswer): Promise<void> {
    try {
      if (answer instanceof HeadwaterError) throw answer;
      if (answer) await this.parts.patience.trying(() => this.#send(object, held));
      this.#settle(lfsKey(object), null);
    } catch (thrown) {
      this.#judge(object, thrown);
    } finally {
      if (held !== null) {
        held.release();
        this.#memory.release(memoryFor(object));
      }
      this.parts.upstream.forget(object);
    }
  }

  async #send(object: LfsObject, held: HeldContent | null): Promise<void> {
    await this.parts.forge.put(object, held?.pieces() ?? (await this.parts.upstream.open(object, this.#onReceived)));
    this.#copied += 1;
    this.#sentBytes += object.size;
  }

  readonly #onReceived = (bytes: number): void => {
    this.#receivedBytes += bytes;
    this.#report();
  };

  /** Is it about this object, or about more? */
  #judge(object: LfsObject, thrown: unknown): void {
    const { stop } = this.parts;
    const error = thrown instanceof HeadwaterError ? thrown : null;
    if (error?.code.startsWith('lfs_') === true) return this.#settle(lfsKey(object), error);
    this.#failuresInARow += 1;
    const isOneOfFew = this.#failuresInARow < maxFailuresInARow && error?.code !== 'upstream_rate_limited';
    if (error?.code.startsWith('upstream_') !== true || !isOneOfFew) return stop.abort(thrown);
    const why = error.message.replace(/\.$/, '').replace(/^The/, 'the');
    this.#settle(lfsKey(object), new HeadwaterError('lfs_object_unavailable', { oid: object.oid, why }));
  }

  #settle(key: string, error: HeadwaterError | null): void {
    this.#settled += 1;
    if (error !== null) this.#faults.set(key, error.toFault());
    this.#report();
  }

  #report(last = false): void {
    const now = performance.now();
    if (!last && now - this.#reportedAt < reportEveryMs) return;
    this.#reportedAt = now;
    this.request.onProgress({
      done: this.#settled,
      total: this.request.objects.length,
      bytes: this.#receivedBytes,
    });
  }
}

/** An LFS server that is of no use has none of the objects. */
function allOf(objects: readonly LfsObject[]) {
  return (thrown: unknown): Map<string, HeadwaterError> => {
    if (!(thrown instanceof HeadwaterError) || thrown.code !== 'lfs_upstream_unusable') throw thrown;
    return new Map(objects.map((object) => [lfsKey(object), thrown]));
  };
}

/** Coarse, because the semaphore counts: with single bytes it would do little else. */
const memoryUnit = 256 * 1024;

function memoryFor({ size }: LfsObject): number {
  return Math.max(1, Math.ceil(size / memoryUnit));
}
