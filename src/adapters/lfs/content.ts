import type http from 'node:http';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { LfsObject } from '../../domain/lfs-pointer';
import { StallWatch } from '../../git-http/stall-watch';
import { CheckedBytes, corruptObject } from './checked-bytes';
import type { HeldContent } from './held-content';
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
  const { idleTimeoutMs, translate } = server;
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
    if (!response.complete && !content.destroyed) content.destroy(brokenOff(server));
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

/**
 * An object that is read into memory and then checked: without a stream in between, which would cost more than all the
 * rest. Raises what `contentOf` fails with.
 */
export function holdContent(
  server: Server,
  response: http.IncomingMessage,
  held: HeldContent,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { idleTimeoutMs, translate } = server;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      reject(error);
      response.destroy();
    };
    const watch = new StallWatch(idleTimeoutMs, () =>
      fail(translate({ kind: 'stalled', phase: 'receiving data', idleTimeoutMs })),
    );
    response.on('data', (chunk: Buffer) => {
      watch.touch();
      onBytes(chunk.length);
      held.add(chunk);
      if (held.isTooLong) fail(corruptObject(held.object, 'it is longer than its pointer says'));
    });
    response.on('error', () => {});
    response.once('close', () => {
      watch.stop();
      const why = held.whyCorrupt();
      if (!response.complete) reject(brokenOff(server));
      else if (why !== null) reject(corruptObject(held.object, why));
      else resolve();
    });
  });
}

function brokenOff({ signal, translate }: Server): Error {
  const reason: unknown = signal.reason;
  if (signal.aborted && reason instanceof Error) return reason;
  return translate({ kind: 'broken_off', phase: 'receiving data' });
}
