import type { LookupAddress } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type net from 'node:net';
import tls from 'node:tls';

/** How a server is reached: directly, or with every address checked (guarded-dialer.ts). */
export interface HttpRequester {
  /**
   * Starts a request; the caller ends it. Proxies of the environment are not used. Redirects are answers like others.
   * A requester that checks addresses raises url_blocked at once or through the request's `error` event.
   */
  request(options: RequesterOptions): http.ClientRequest;
  /** Closes idle connections. */
  close(): void;
}

export interface RequesterOptions {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Raised through the request's `error` event when no connection stood in time. */
export const connectTimeoutCode = 'ERR_CONNECT_TIMEOUT';

export interface ConnectionOptions {
  /** Until TCP, and TLS where it is spoken, are established; ms. */
  readonly connectTimeoutMs?: number;
  /** PEM text of certificate authorities, beside the built-in ones. */
  readonly ca?: string;
  /** Finds the addresses of a host name, all of which may be tried; by default the system's resolver. */
  readonly resolve?: (host: string, port: number) => Promise<readonly LookupAddress[]>;
}

/**
 * A connection is kept so long for the next request, ms. Apache and Node close one after five seconds of silence, and a
 * request that crosses with the closing is lost; what was sent may have been done, so it must not simply be sent again.
 */
const idleMs = 2_000;

/** Requests over pooled connections, for a server that the admin chose. */
export function createRequester(options: ConnectionOptions = {}): HttpRequester {
  const { connectTimeoutMs = 10_000, ca, resolve } = options;
  // Ends only what waits for a request; StallWatch sees to the others.
  const pool = { keepAlive: true, keepAliveMsecs: 5_000, maxFreeSockets: 8, timeout: idleMs };
  const httpAgent = new http.Agent(pool);
  // One context for all connections, since reading the authorities takes longer than the rest of a handshake.
  const secureContext = ca === undefined ? undefined : tls.createSecureContext({ ca: [...tls.rootCertificates, ca] });
  const httpsAgent = new https.Agent({ ...pool, secureContext });
  return {
    request({ url, method, headers, signal }) {
      const secure = url.protocol === 'https:';
      const request = (secure ? https : http).request(url, {
        method,
        headers,
        signal,
        agent: secure ? httpsAgent : httpAgent,
        lookup: resolve === undefined ? undefined : lookupBy(resolve, portOf(url)),
      });
      limitConnecting(request, url, connectTimeoutMs);
      return request;
    },
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

export function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}

/** As the `lookup` of a connection. */
export function lookupBy(resolve: NonNullable<ConnectionOptions['resolve']>, port: number): net.LookupFunction {
  return (host, { all }, callback) => {
    resolve(host, port).then(
      (addresses) => {
        const first = addresses[0];
        if (all === true) callback(null, [...addresses]);
        else if (first !== undefined) callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, ''),
    );
  };
}

/** Calls back once the request has a connection, with TLS where it is spoken. */
export function whenConnected(request: http.ClientRequest, url: URL, connected: () => void): void {
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
    else connected(); // one from the pool
  });
}

function limitConnecting(request: http.ClientRequest, url: URL, timeoutMs: number): void {
  const timer = setTimeout(() => {
    request.destroy(Object.assign(new Error('connecting took too long'), { code: connectTimeoutCode }));
  }, timeoutMs);
  const stop = () => clearTimeout(timer);
  whenConnected(request, url, stop);
  request.once('close', stop);
}
