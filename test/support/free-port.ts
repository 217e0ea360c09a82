import { createServer } from 'node:net';

/** Below those that systems give to outgoing connections: such a one could take the port before a server starts, or starts again. */
const [first, last] = [20_000, 32_000];

/** A port of the loopback address for a server that is started later, or more than once. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * (last - first));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
