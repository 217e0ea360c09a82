import { createServer } from 'node:net';

/** Below those that systems give to outgoing connections: such a one could take the port before a server starts, or starts again. */
const [first, last] = [20_000, 32_000];
/** Test files that run at the same time look in parts of their own: a server that is down for a while finds its port free. */
const parts = 12;

/** A port of the loopback address for a server that is started later, or more than once. */
export async function freePort(): Promise<number> {
  const size = (last - first) / parts;
  const from = first + (Number(process.env['JEST_WORKER_ID'] ?? 0) % parts) * size;
  for (;;) {
    const port = from + Math.floor(Math.random() * size);
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
