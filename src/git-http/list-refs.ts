import type http from 'node:http';
import type { HeadwaterError } from '../domain/errors';
import type { Advertisement } from './advertisement';
import { AdvertisementReader, type KnownAdvertisement } from './advertisement-reader';
import type { HttpFault, HttpPhase, TranslateFault } from './http-fault';
import { whenConnected, type HttpRequester } from './requester';
import { checkResponseHead } from './response-head';
import { StallWatch } from './stall-watch';

export type GitService = 'git-upload-pack' | 'git-receive-pack';

export interface ListRefsOptions {
  readonly service: GitService;
  /** The repository, without a slash at its end. */
  readonly repository: URL;
  readonly authorization: string | null;
  readonly requester: HttpRequester;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxBytes: number;
  /** What the server said last time, if that is expected again (advertisement-reader.ts). */
  readonly known?: KnownAdvertisement | undefined;
  /** Is given the headers of an answer that is as it should be. */
  readonly onHead?: (headers: http.IncomingHttpHeaders) => void;
  /** Is given the answer as it came, chunk by chunk. */
  readonly onChunk?: (chunk: Buffer) => void;
  readonly signal: AbortSignal;
  readonly translate: TranslateFault;
}

/** Some servers answer only those who call themselves git. */
export const userAgent = 'git/2.39.0 (headwater)';

/**
 * Asks a server for its refs, in protocol version 0 and in one request; the credentials go along unasked, so that a wrong
 * password is seen exactly once. Raises what `translate` makes of a fault, and the reason of an aborted signal.
 */
export async function readAdvertisement(options: ListRefsOptions): Promise<Advertisement> {
  const url = serviceUrl(options.repository, options.service);
  const type = `application/x-${options.service}-advertisement`;
  options.signal.throwIfAborted();

  return new Promise((resolve, reject) => {
    const reader = new AdvertisementReader(options.service, options.known);
    let phase: HttpPhase = 'connecting';
    let settled = false;
    const request = options.requester.request({
      url,
      method: 'GET',
      headers: {
        accept: `${type}, */*`,
        'accept-encoding': 'identity',
        'user-agent': userAgent,
        ...(options.authorization === null ? {} : { authorization: options.authorization }),
      },
    });

    const settle = (finish: () => void) => {
      if (settled) return;
      settled = true;
      watch.stop();
      clearTimeout(total);
      options.signal.removeEventListener('abort', onAbort);
      finish();
    };
    const fail = (error: HeadwaterError | Error) =>
      settle(() => {
        reject(error);
        request.destroy();
      });
    const failWith = (fault: HttpFault) => {
      if (!settled) fail(options.translate(fault));
    };
    const onAbort = () => fail(abortReason(options.signal));

    const watch = new StallWatch(options.idleTimeoutMs, () =>
      failWith({ kind: 'stalled', phase, idleTimeoutMs: options.idleTimeoutMs }),
    );
    const total = setTimeout(
      () => failWith({ kind: 'timeout', totalTimeoutMs: options.totalTimeoutMs }),
      options.totalTimeoutMs,
    );
    options.signal.addEventListener('abort', onAbort, { once: true });

    const read = (response: http.IncomingMessage) => {
      options.onHead?.(response.headers);
      const reading = <T>(read: () => T): T | null => {
        try {
          return read();
        } catch {
          failWith({ kind: 'not_git', why: 'its list of refs is malformed' });
          return null;
        }
      };
      response.on('data', (chunk: Buffer) => {
        watch.touch();
        options.onChunk?.(chunk);
        if (reader.receivedBytes + chunk.length > options.maxBytes)
          return failWith({ kind: 'too_large', limit: options.maxBytes });
        reading(() => reader.push(chunk));
        if (reader.fault !== null) failWith(reader.fault);
      });
      response.on('error', () => failWith({ kind: 'broken_off', phase }));
      response.on('end', () => {
        if (settled) return;
        const advertisement = reading(() => reader.end());
        if (advertisement === null) return failWith(reader.fault ?? { kind: 'broken_off', phase });
        settle(() => resolve(advertisement));
      });
    };

    whenConnected(request, url, () => (phase = 'listing refs'));
    request.on('error', (error) => failWith({ kind: 'transport', error }));
    request.on('response', (response) => {
      watch.touch();
      phase = 'listing refs';
      checkResponseHead(response, url, type).then(
        (fault) => (fault === null ? read(response) : failWith(fault)),
        (error: Error) => failWith({ kind: 'transport', error }),
      );
    });
    request.end();
  });
}

export function serviceUrl(repository: URL, service: GitService): URL {
  return new URL(`${repository.href}/info/refs?service=${service}`);
}

export function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted');
}
