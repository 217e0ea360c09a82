import type http from 'node:http';
import type { TranslateFault } from '../../git-http/http-fault';
import type { HttpRequester } from '../../git-http/requester';
import { retryAfterMs } from '../../git-http/response-head';
import { StallWatch } from '../../git-http/stall-watch';

/** One side of the copy: how it is reached, how long it may be silent, and what its faults mean. */
export interface Server {
  readonly requester: HttpRequester;
  readonly idleTimeoutMs: number;
  readonly translate: TranslateFault;
  readonly signal: AbortSignal;
}

export interface ServerRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer read whole. */
export interface Answer {
  readonly status: number;
  /** Media type, in lower case and without parameters. */
  readonly type: string;
  readonly text: string;
  readonly retryAfterMs: number | undefined;
  readonly location: string | undefined;
}

/** Sends a request and answers the head of the response, whatever its status. Raises what `translate` makes of a fault. */
export function open(server: Server, { url, method, headers, body }: ServerRequest): Promise<http.IncomingMessage> {
  const { requester, translate, idleTimeoutMs, signal } = server;
  return new Promise((resolve, reject) => {
    const request = requester.request({ url, method, headers: withDefaults(headers), signal });
    const watch = new StallWatch(idleTimeoutMs, () => {
      reject(translate({ kind: 'stalled', phase: 'waiting for the answer', idleTimeoutMs }));
      request.destroy();
    });
    request.on('error', (error) => {
      watch.stop();
      reject(failure(signal, translate, error));
    });
    request.on('response', (response) => {
      watch.stop();
      // From here on whoever reads the body hears of errors.
      response.on('error', () => {});
      resolve(response);
    });
    request.end(body);
  });
}

/** Sends a request and reads its answer, of at most `maxBytes`. */
export async function ask(server: Server, request: ServerRequest, maxBytes: number): Promise<Answer> {
  return readAnswer(server, await open(server, request), maxBytes);
}

export async function readAnswer(server: Server, response: http.IncomingMessage, maxBytes: number): Promise<Answer> {
  const { translate, idleTimeoutMs, signal } = server;
  const chunks: Buffer[] = [];
  let bytes = 0;
  let stalled = false;
  const watch = new StallWatch(idleTimeoutMs, () => {
    stalled = true;
    response.destroy();
  });
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      watch.touch();
      bytes += chunk.length;
      if (bytes > maxBytes) throw translate({ kind: 'too_large', limit: maxBytes });
      chunks.push(chunk);
    }
    if (!response.complete) throw new Error('cut short');
  } catch (error) {
    if (stalled) throw translate({ kind: 'stalled', phase: 'receiving data', idleTimeoutMs });
    if (bytes > maxBytes) throw error;
    signal.throwIfAborted();
    throw translate({ kind: 'broken_off', phase: 'receiving data' });
  } finally {
    watch.stop();
  }
  return { ...headOf(response), text: Buffer.concat(chunks).toString() };
}

export function headOf(response: http.IncomingMessage): Omit<Answer, 'text'> {
  return {
    status: response.statusCode ?? 0,
    type: (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
    retryAfterMs: retryAfterMs(response.headers['retry-after']),
    location: response.headers.location,
  };
}

/** An aborted signal is the reason for everything that fails after it. */
export function failure(signal: AbortSignal, translate: TranslateFault, error: Error): Error {
  if (signal.aborted) return signal.reason instanceof Error ? signal.reason : error;
  return translate({ kind: 'transport', error });
}

export function withDefaults(headers: Readonly<Record<string, string>>): Record<string, string> {
  return { 'user-agent': userAgent, 'accept-encoding': 'identity', ...headers };
}

/** Some servers answer only those who call themselves git-lfs. */
const userAgent = 'git-lfs/3.3.0 (headwater)';
