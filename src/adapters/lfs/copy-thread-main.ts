/** The program of the thread of LFS copies (copy-thread.ts). */
import { parentPort, workerData } from 'node:worker_threads';
import { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import type { LfsSource } from '../../domain/lfs-source';
import { createCopier } from './copier';
import { errorOf, plainError, sourceOf, type FromThread, type ThreadOptions, type ToThread } from './thread-messages';

const options = workerData as ThreadOptions;
const copier = createCopier({ ...options, forgeToken: new Secret(options.forgeToken) });
const stops = new Map<number, AbortController>();
const renewals = new Map<number, { resolve: (source: LfsSource) => void; reject: (error: Error) => void }>();

parentPort?.on('message', (message: ToThread) => {
  const { id } = message;
  switch (message.type) {
    case 'copy':
      return void copy(message);
    case 'renewed':
      return renewals.get(id)?.resolve(sourceOf(message.source));
    case 'not_renewed':
      return renewals.get(id)?.reject(errorOf(message.error));
    case 'stop':
      return stops.get(id)?.abort(new HeadwaterError('internal'));
  }
});

async function copy({ id, request, source, mayRenew }: Extract<ToThread, { type: 'copy' }>): Promise<void> {
  const stop = new AbortController();
  stops.set(id, stop);
  try {
    const result = await copier.copy({
      ...request,
      source: sourceOf(source),
      renew: mayRenew ? () => renew(id) : null,
      onProgress: (progress) => tell({ type: 'progress', id, progress }),
      signal: stop.signal,
    });
    tell({ type: 'done', id, result });
  } catch (thrown) {
    tell({ type: 'failed', id, error: plainError(thrown) });
  } finally {
    stops.delete(id);
    renewals.delete(id);
  }
}

/** A copy asks for one at a time. */
function renew(id: number): Promise<LfsSource> {
  return new Promise((resolve, reject) => {
    renewals.set(id, { resolve, reject });
    tell({ type: 'renew', id });
  });
}

function tell(message: FromThread): void {
  parentPort?.postMessage(message);
}
