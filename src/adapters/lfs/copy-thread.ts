import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { HeadwaterError, toHeadwaterError } from '../../domain/errors';
import type { LfsCopy, LfsCopyRequest, LfsCopyResult } from '../../ports/lfs';
import type { CopierOptions } from './copier';
import {
  errorOf,
  plainError,
  plainSource,
  type FromThread,
  type ThreadOptions,
  type ToThread,
} from './thread-messages';

interface Copy {
  readonly worker: Worker;
  readonly request: LfsCopyRequest;
  readonly resolve: (result: LfsCopyResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Its memory is given back when nothing was copied for so long. */
const idleMs = 30_000;

/** A thread for copies: started with the first one, shared by those that run at once, and ended when there are none. */
export class CopyThread implements Pick<LfsCopy, 'copy'> {
  readonly #copies = new Map<number, Copy>();
  #worker: Worker | null = null;
  #idle: NodeJS.Timeout | undefined;
  #lastId = 0;

  constructor(private readonly options: CopierOptions) {}

  async copy(request: LfsCopyRequest): Promise<LfsCopyResult> {
    const { signal, source, objects, project } = request;
    signal.throwIfAborted();
    const id = (this.#lastId += 1);
    const stop = () => this.#send({ type: 'stop', id });
    signal.addEventListener('abort', stop, { once: true });
    clearTimeout(this.#idle);
    try {
      return await new Promise((resolve, reject) => {
        const worker = (this.#worker ??= this.#start());
        worker.ref();
        this.#copies.set(id, { worker, request, resolve, reject });
        const { owner, name } = project;
        const asked = { objects, project: { owner, name } };
        this.#send({
          ...{ type: 'copy', id, request: asked },
          ...{ source: plainSource(source), mayRenew: request.renew !== null },
        });
      });
    } catch (thrown) {
      // What made it stop is the truth; it ends only once nothing is on its way any more.
      signal.throwIfAborted();
      throw thrown;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#copies.delete(id);
      if (this.#copies.size === 0) this.#rest();
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #send(message: ToThread): void {
    this.#worker?.postMessage(message);
  }

  #rest(): void {
    this.#worker?.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.close(), idleMs);
    this.#idle.unref();
  }

  #start(): Worker {
    const { forgeToken, allowedAddresses, forgeUrl, idleTimeoutMs, limits, patience } = this.options;
    const plain = { allowedAddresses, forgeUrl, idleTimeoutMs, limits, patience };
    const workerData: ThreadOptions = { ...plain, forgeToken: forgeToken.reveal() };
    const extension = path.extname(__filename);
    const worker = new Worker(path.join(__dirname, `copy-thread-main${extension}`), {
      workerData,
      // Nothing in there reads it.
      env: {},
      ...(extension === '.ts' ? { execArgv: ['--require', require.resolve('tsx/cjs')] } : {}),
    });
    let reason: unknown;
    worker.on('message', (message: FromThread) => this.#read(message));
    worker.on('error', (error) => (reason = error));
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = null;
      const error = new HeadwaterError(
        'internal',
        {},
        { cause: reason ?? new Error('the thread of LFS copies ended') },
      );
      // Another one may have begun since.
      for (const copy of this.#copies.values()) if (copy.worker === worker) copy.reject(error);
    });
    return worker;
  }

  #read(message: FromThread): void {
    const copy = this.#copies.get(message.id);
    if (copy === undefined) return;
    switch (message.type) {
      case 'progress':
        return copy.request.onProgress(message.progress);
      case 'renew':
        return void this.#renew(message.id, copy.request);
      case 'done':
        return copy.resolve(message.result);
      case 'failed':
        return copy.reject(errorOf(message.error));
    }
  }

  async #renew(id: number, { renew }: LfsCopyRequest): Promise<void> {
    try {
      const source = await renew?.();
      if (source === undefined) throw new HeadwaterError('internal');
      this.#send({ type: 'renewed', id, source: plainSource(source) });
    } catch (thrown) {
      this.#send({ type: 'not_renewed', id, error: plainError(toHeadwaterError(thrown)) });
    }
  }
}
