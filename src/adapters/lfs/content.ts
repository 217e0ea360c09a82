import type http from 'node:http';
import type { Readable } from 'node:stream';
import type { LfsObject } from '../../domain/lfs-pointer';
import { StallWatch } from '../../git-http/stall-watch';
import { CheckedBytes } from './checked-bytes';
import type { Server } from './server';

/**
 * An object as it comes in, checked on its way. Fails with lfs_object_corrupt, or with what `translate` makes of a
 * connection that breaks off or stalls. To destroy it is to close the connection.
 */
export function contentOf(
  server: Server,
  response: http.IncomingMessage,
  object: LfsObject,
  onBytes: (bytes: number) => void,
): Readable {
  const { idleTimeoutMs, translate, signal } = server;
  const content = new CheckedBytes(object, (bytes) => {
    watch.touch();
    onBytes(bytes);
  });
  const watch = new StallWatch(
    idleTimeoutMs,
    () => content.destroy(translate({ kind: 'stalled', phase: 'receiving data', idleTimeoutMs })),
    // While the other side of the copy takes nothing, the upstream cannot send.
    () => !content.writableNeedDrain,
  );
  response.on('error', () => {});
  response.once('close', () => {
    if (response.complete || content.destroyed) return;
    const reason: unknown = signal.reason;
    const fault = translate({ kind: 'broken_off', phase: 'receiving data' });
    content.destroy(signal.aborted && reason instanceof Error ? reason : fault);
  });
  content.once('close', () => {
    watch.stop();
    response.destroy();
  });
  response.pipe(content);
  return content;
}

/** Reads an object to its end, and so to the verdict on it; answers it if it is to be kept. */
export async function readContent(content: Readable, keep: boolean): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of content as AsyncIterable<Buffer>) if (keep) chunks.push(chunk);
  return keep ? Buffer.concat(chunks) : null;
}
