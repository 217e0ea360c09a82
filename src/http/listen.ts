import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { HeadwaterError } from '../domain/errors';

export interface Listening {
  /** http:// and the address that is really listened on. */
  readonly url: string;
  /** Takes no new connection, lets requests under way end, and cuts off what is left after `graceMs`. Idempotent. */
  close(graceMs: number): Promise<void>;
}

/** Starts the HTTP server. Raises config_invalid when the address cannot be had. */
export async function listen(
  app: RequestListener,
  address: { readonly host: string; readonly port: number },
): Promise<Listening> {
  const server = createServer(app);
  // A request must have arrived within these times (ms); an event stream is kept awake by its heartbeat.
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  // Longer than reverse proxies keep theirs (Caddy two minutes, Go 90 seconds, nginx one): a request that crosses with our
  // closing would be lost, and proxies do not send a form twice.
  server.keepAliveTimeout = 130_000;
  server.timeout = 120_000;
  // Browsers and HTTP clients open connections ahead of need; Node does not count these as idle.
  const unused = new Set<Socket>();
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  await open(server, address);
  const bound = server.address() as AddressInfo;
  const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return { url: `http://${host}:${bound.port}`, close: (graceMs) => close(server, unused, graceMs) };
}

function open(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken by another program' : 'cannot be listened on';
      const fieldFaults = [{ field: 'HEADWATER_LISTEN', message: `${why} (${host}:${port})` }];
      reject(new HeadwaterError('config_invalid', { faults: 'HEADWATER_LISTEN' }, { cause: error, fieldFaults }));
    });
    server.listen({ host, port }, resolve);
  });
}

function close(server: Server, unused: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
    // A connection whose request ends only now would be kept alive for a while.
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    server.close((error) => {
      clearTimeout(cutOff);
      clearInterval(sweep);
      if (error === undefined) resolve();
      else reject(error);
    });
    server.closeIdleConnections();
    for (const socket of unused) socket.destroy();
  });
}
