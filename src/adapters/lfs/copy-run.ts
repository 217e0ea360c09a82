import { Semaphore } from 'async-mutex';
import { Readable } from 'node:stream';
import { HeadwaterError, type Fault } from '../../domain/errors';
import { planBatches } from '../../domain/lfs-batch';
import { lfsKey, type LfsObject } from '../../domain/lfs-pointer';
import type { LfsCopyRequest, LfsCopyResult } from '../../ports/lfs';
import { readContent } from './content';
import type { ForgeLfs } from './forge-lfs';
import type { Patience } from './patience';
import type { UpstreamLfs } from './upstream-lfs';

export interface CopyLimits {
  /** Objects on their way at once. */
  readonly concurrency: number;
  readonly batchSize: number;
  /** An object of at most so many bytes is kept in memory between its check and its upload; larger ones are read twice. */
  readonly holdBytes: number;
}

export interface CopyParts {
  readonly upstream: Pick<UpstreamLfs, 'locate' | 'open' | 'forget'>;
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
  readonly #slots: Semaphore;
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
    this.#slots = new Semaphore(limits.concurrency);
  }

  async run(): Promise<LfsCopyResult> {
    const { stop } = this.parts;
    try {
      for (const batch of planBatches(this.request.objects, this.limits.batchSize)) await this.#copyBatch(batch);
      await Promise.all(this.#running);
      stop.signal.throwIfAborted();
    } catch (thrown) {
      stop.abort(thrown);
      throw stop.signal.reason;
    } finally {
      // Nothing is on its way any more when this ends.
      await Promise.all(this.#running);
    }
    this.#report(true);
    const [faults, copied] = [this.#faults, this.#copied];
    return { faults, copied, receivedBytes: this.#receivedBytes, sentBytes: this.#sentBytes };
  }

  /** Ends when the last object has started, so that the next batch is asked about while that one is on its way. */
  async #copyBatch(batch: readonly LfsObject[]): Promise<void> {
    const { forge, upstream, patience, stop } = this.parts;
    const { missing, refused } = await patience.trying(() => forge.lacks(batch));
    this.#settled += batch.length - missing.length - refused.size;
    for (const [key, error] of refused) this.#settle(key, error);
    if (missing.length === 0) return this.#report();

    const nowhere = await patience.trying(() => upstream.locate(missing)).catch(allOf(missing));
    for (const object of missing) {
      const error = nowhere.get(lfsKey(object));
      if (error !== undefined) this.#settle(lfsKey(object), error);
      else await this.#start(object);
      stop.signal.throwIfAborted();
    }
  }

  async #start(object: LfsObject): Promise<void> {
    const [, release] = await this.#slots.acquire();
    const task = this.#copy(object)
      .then(
        () => {
          this.#failuresInARow = 0;
          this.#settle(lfsKey(object), null);
        },
        (thrown: unknown) => this.#judge(object, thrown),
      )
      .finally(() => {
        this.parts.upstream.forget(object);
        this.#running.delete(task);
        release();
      });
    this.#running.add(task);
  }

  /** The upstream shows that it has the object before the forge hears of it; why, ForgeLfs.wants tells. */
  async #copy(object: LfsObject): Promise<void> {
    const { forge, patience } = this.parts;
    const keep = object.size <= this.limits.holdBytes;
    const held = await patience.trying(async () => readContent(await this.#open(object), keep));
    if (!(await patience.trying(() => forge.wants(object)))) return;
    await patience.trying(async () => forge.put(object, held === null ? await this.#open(object) : streamOf(held)));
    this.#copied += 1;
    this.#sentBytes += object.size;
  }

  #open(object: LfsObject): Promise<Readable> {
    return this.parts.upstream.open(object, (bytes) => {
      this.#receivedBytes += bytes;
      this.#report();
    });
  }

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

function streamOf(bytes: Buffer): Readable {
  return Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false });
}
