import type http from 'node:http';
import type { HttpFault, HttpPhase } from './http-fault';
import { serviceUrl, userAgent, type GitService } from './list-refs';
import { packTap, type TakePack } from './pack-tap';
import { whenConnected, type HttpRequester } from './requester';
import { checkResponseHead } from './response-head';
import { StallWatch } from './stall-watch';

export interface RelayOptions {
  readonly service: GitService;
  readonly repository: URL;
  readonly authorization: string | null;
  readonly requester: HttpRequester;
  readonly idleTimeoutMs: number;
  readonly purpose: 'advertisement' | 'rpc';
  /** Is shown the pack of a fetch (pack-tap.ts). */
  readonly takePack?: TakePack | undefined;
  readonly onReceived: (bytes: number) => void;
  readonly onSent: (bytes: number) => void;
  readonly onFault: (fault: HttpFault) => void;
  readonly onClose: () => void;
}

/** One request on its way through the gate. */
export interface RelayedExchange {
  /** Ends it on both sides; the client sees an error, unless it has its whole answer. */
  destroy(): void;
}

/** Request headers of the client that the server gets to see; bodies pass as they are, compressed or not. */
const forwarded = ['accept', 'content-type', 'content-length', 'content-encoding'];

/**
 * Passes one request on and streams the answer back. Nothing of the server's headers or refusals reaches the client.
 * Raises at once what the requester raises at once.
 */
export function relay(
  fromClient: http.IncomingMessage,
  toClient: http.ServerResponse,
  options: RelayOptions,
): RelayedExchange {
  const { service, repository, purpose } = options;
  const url = purpose === 'rpc' ? new URL(`${repository.href}/${service}`) : serviceUrl(repository, service);
  const type = `application/x-${service}-${purpose === 'rpc' ? 'result' : 'advertisement'}`;
  const tap = options.takePack === undefined || purpose !== 'rpc' ? null : packTap(options.takePack);
  let phase: HttpPhase = 'connecting';
  let over = false;

  const toServer = options.requester.request({
    url,
    method: purpose === 'rpc' ? 'POST' : 'GET',
    headers: requestHeaders(fromClient, options.authorization),
  });
  const finish = () => {
    if (over) return;
    over = true;
    watch.stop();
    options.onClose();
  };
  const destroy = () => {
    finish();
    toServer.destroy();
    tap?.destroy();
    if (toClient.headersSent) toClient.destroy();
    else toClient.writeHead(502, { connection: 'close' }).end();
  };
  const fail = (fault: HttpFault) => {
    if (over) return;
    options.onFault(fault);
    destroy();
  };

  // Waiting for the client to send, or to take what was sent, is not the server's fault.
  const isServersTurn = () =>
    !(tap ?? toClient).writableNeedDrain &&
    (fromClient.readableEnded || toServer.writableNeedDrain || phase === 'connecting');
  const watch = new StallWatch(
    options.idleTimeoutMs,
    () => fail({ kind: 'stalled', phase, idleTimeoutMs: options.idleTimeoutMs }),
    isServersTurn,
  );

  fromClient.on('data', (chunk: Buffer) => {
    watch.touch();
    options.onSent(chunk.length);
  });
  fromClient.on('end', () => {
    if (phase === 'sending') phase = 'waiting for the answer';
  });
  fromClient.pipe(toServer);

  whenConnected(toServer, url, () => {
    phase = fromClient.readableEnded ? 'waiting for the answer' : 'sending';
  });
  toServer.on('error', (error) => fail({ kind: 'transport', error }));
  tap?.on('error', (error) => fail({ kind: 'transport', error }));
  tap?.on('drain', () => watch.touch());
  toServer.on('response', (response) => {
    watch.touch();
    response.on('error', () => fail({ kind: 'broken_off', phase }));
    checkResponseHead(response, url, type).then(
      (fault) => {
        if (fault !== null) return fail(fault);
        if (over) return response.destroy();
        phase = 'receiving data';
        toClient.writeHead(200, { 'content-type': type });
        response.once('data', (chunk: Buffer) => {
          const text = errorLine(chunk);
          if (text !== null) fail({ kind: 'refused', text });
        });
        response.on('data', (chunk: Buffer) => {
          watch.touch();
          options.onReceived(chunk.length);
        });
        response.on('end', finish);
        (tap === null ? response : response.pipe(tap)).pipe(toClient);
      },
      (error: Error) => fail({ kind: 'transport', error }),
    );
  });
  toClient.on('close', () => {
    // The client went away in the middle: nobody wants the rest.
    if (!over) destroy();
  });
  return { destroy };
}

/** The text of an `ERR` line that stands first; clients of the gate would lose it. */
function errorLine(chunk: Buffer): string | null {
  if (chunk.toString('latin1', 4, 8) !== 'ERR ') return null;
  const length = Number.parseInt(chunk.toString('latin1', 0, 4), 16);
  return chunk.toString('utf8', 8, length);
}

function requestHeaders(fromClient: http.IncomingMessage, authorization: string | null): Record<string, string> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': userAgent };
  for (const name of forwarded) {
    const value = fromClient.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  if (authorization !== null) headers['authorization'] = authorization;
  return headers;
}
