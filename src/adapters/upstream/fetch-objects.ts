import { statfs } from 'node:fs/promises';
import { HeadwaterError } from '../../domain/errors';
import type { Gate, GateOptions } from '../../git-http/gate';
import { abortReason } from '../../git-http/list-refs';
import { StallWatch } from '../../git-http/stall-watch';
import type { FetchRequest } from '../../ports/upstream';
import { packFiles, removeLeftovers } from './cache-leftovers';
import type { FetchChild, FetchChildLimits } from './fetch-child';
import type { FetchChildren } from './fetch-children';
import { childEndFault, libgitFault, type FetchContext } from './fetch-errors';
import type { FetchMessage } from './fetch-messages';

export interface FetchLimits {
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxReceivedBytes: number;
  readonly child: FetchChildLimits;
}

export interface FetchDeps {
  readonly children: Pick<FetchChildren, 'take'>;
  readonly limits: FetchLimits;
  readonly openGate: (job: FetchGateJob) => Promise<FetchGate>;
}

/** What a gate for one fetch is told of that fetch. */
export type FetchGateJob = Required<
  Pick<GateOptions, 'idleTimeoutMs' | 'totalTimeoutMs' | 'maxReceivedBytes' | 'onBytes' | 'onFault'>
> &
  Pick<GateOptions, 'takePack'>;

/** A gate of either kind; without a header where its address is enough. */
export type FetchGate = Omit<Gate, 'header'> & { readonly header: string | null };

/** How much later than the gate's watch the child's own watch strikes; ms. */
const graceMs = 500;

/** One fetch: a gate, a child behind it, and a watch over both. See ports/upstream. */
export async function fetchObjects(request: FetchRequest, deps: FetchDeps): Promise<{ receivedBytes: number }> {
  request.signal.throwIfAborted();
  if (request.wanted.length === 0) return { receivedBytes: 0 };
  const before = await packFiles(request.cacheDir);
  const job = new FetchJobRun(request, deps);
  try {
    return { receivedBytes: await job.run() };
  } catch (error) {
    await removeLeftovers(request.cacheDir, before);
    throw error;
  }
}

class FetchJobRun {
  readonly #child: FetchChild;
  readonly #context: FetchContext;
  #watch: StallWatch | null = null;
  /** The taker of the pack keeps everybody waiting. */
  #taking = false;
  #stop: ((error: Error) => void) | null = null;

  constructor(
    private readonly request: FetchRequest,
    private readonly deps: FetchDeps,
  ) {
    this.#child = deps.children.take();
    this.#context = { host: request.access.url.host, ...deps.limits.child };
  }

  async run(): Promise<number> {
    const { request } = this;
    const onAbort = () => this.#stop?.(abortReason(request.signal));
    request.signal.addEventListener('abort', onAbort, { once: true });
    let gate: FetchGate | null = null;
    try {
      gate = await this.#openGate();
      await this.#fetchThrough(gate);
      return gate.receivedBytes;
    } finally {
      request.signal.removeEventListener('abort', onAbort);
      this.#watch?.stop();
      // The child must be dead before anybody touches the cache or hears of the end.
      this.#child.kill();
      await Promise.all([this.#child.ended, gate?.close()]);
    }
  }

  #openGate(): Promise<FetchGate> {
    const { limits } = this.deps;
    return this.deps.openGate({
      idleTimeoutMs: limits.idleTimeoutMs,
      totalTimeoutMs: limits.totalTimeoutMs,
      maxReceivedBytes: limits.maxReceivedBytes,
      onBytes: () => this.#watch?.touch(),
      takePack: this.request.takePack && ((bytes) => this.#take(bytes)),
      onFault: (fault) => this.#stop?.(fault),
    });
  }

  async #fetchThrough(gate: FetchGate): Promise<void> {
    const { idleTimeoutMs } = this.deps.limits;
    await new Promise<void>((resolve, reject) => {
      this.#stop = reject;
      if (this.request.signal.aborted) return reject(abortReason(this.request.signal));
      // The gate tells when the upstream stalls. If all is silent for longer than that, it is the child that hangs.
      const onStall = () => {
        const why = `nothing moved for ${Math.round(idleTimeoutMs / 1000)} seconds`;
        reject(gate.fault ?? new HeadwaterError('fetch_crashed', { why }));
      };
      this.#watch = new StallWatch(idleTimeoutMs + graceMs, onStall, () => !this.#taking);
      const { url, header } = gate;
      const { cacheDir, wanted } = this.request;
      this.#child.start({ url, header, cacheDir, wanted }, (message) => {
        this.#watch?.touch();
        if (message.type === 'progress') this.#report(message);
        else if (message.type === 'done') resolve();
        else reject(gate.fault ?? this.#failure(message));
      });
      void this.#child.ended.then(async (end) => {
        const diskIsFull = end.signal === 'SIGBUS' && (await this.#diskIsFull());
        reject(gate.fault ?? childEndFault(end, this.#context, diskIsFull));
      });
    });
  }

  async #take(bytes: Uint8Array): Promise<void> {
    this.#taking = true;
    await this.request.takePack?.(bytes);
    this.#taking = false;
    this.#watch?.touch();
  }

  #report({ phase, done, total, bytes }: Extract<FetchMessage, { type: 'progress' }>): void {
    this.request.onProgress({ phase, done, total, bytes });
  }

  #failure(message: Extract<FetchMessage, { type: 'failed' }>): HeadwaterError {
    return message.missing
      ? new HeadwaterError('upstream_corrupt', { why: 'an object that it lists is missing' })
      : libgitFault(message.message, this.#context);
  }

  /** libgit2 writes packs through a memory map, where a full disk shows as SIGBUS. */
  async #diskIsFull(): Promise<boolean> {
    try {
      const { bavail, bsize } = await statfs(this.request.cacheDir);
      return bavail * bsize < 1024 * 1024;
    } catch {
      return false;
    }
  }
}
