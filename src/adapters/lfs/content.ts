import type http from 'node:http';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
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

/** Reads an object to its end, and so to the verdict on it. */
export async function proveContent(content: Readable): Promise<null> {
  await finished(content.resume());
  return null;
}

/** The same, and answers the object, of `size` bytes. */
export async function holdContent(content: Readable, size: number): Promise<Buffer> {
  const held = Buffer.allocUnsafe(size);
  let at = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) at += chunk.copy(held, at);
  return held;
}
