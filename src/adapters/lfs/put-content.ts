import { pipeline, type Readable } from 'node:stream';
import { StallWatch } from '../../git-http/stall-watch';
import { failure, readAnswer, withDefaults, type Answer, type Server } from './server';

const maxAnswerBytes = 64 * 1024;

/**
 * Sends an object and reads the answer to it. When its stream fails, the request is cut before its last byte and this
 * raises the stream's own error; everything else is the server's fault.
 */
export async function putContent(
  server: Server,
  request: { readonly url: URL; readonly headers: Readonly<Record<string, string>> },
  content: Readable | readonly Buffer[],
): Promise<Answer> {
  const { requester, idleTimeoutMs, translate, signal } = server;
  const put = requester.request({ ...request, headers: withDefaults(request.headers), method: 'PUT', signal });
  let sent = false;
  const answered = new Promise<Answer>((resolve, reject) => {
    put.on('response', (response) => {
      watch.stop();
      readAnswer(server, response, maxAnswerBytes).then(resolve, reject);
    });
    // Each side's failure brings down the other one; the first to speak is the one at fault.
    put.on('error', (error) => reject(failure(signal, translate, error)));
    if (!isHeld(content)) content.once('error', reject);
  });
  const watch = new StallWatch(
    idleTimeoutMs,
    () => put.destroy(translate({ kind: 'stalled', phase: 'waiting for the answer', idleTimeoutMs })),
    () => sent || put.writableNeedDrain,
  );
  put.once('finish', () => {
    sent = true;
    watch.touch();
  });
  if (isHeld(content)) {
    put.cork();
    for (const piece of content) put.write(piece);
    put.end();
  } else {
    content.on('data', () => watch.touch());
    pipeline(content, put, () => {}); // each side's errors are heard above
  }
  try {
    return await answered;
  } finally {
    watch.stop();
    // A server may answer before it was sent everything.
    if (!isHeld(content)) content.destroy();
    put.destroy();
  }
}

function isHeld(content: Readable | readonly Buffer[]): content is readonly Buffer[] {
  return Array.isArray(content);
}
