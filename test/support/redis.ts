import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './free-port';

export interface TestRedis {
  readonly url: string;
  /** A connection of the test's own; closed with the server. */
  readonly client: Redis;
  start(): Promise<void>;
  /** SIGKILL: what the append-only file has, it keeps. */
  kill(): Promise<void>;
  /** Stops answering without closing anything, and goes on. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

/** A throw-away redis-server on a free port of the loopback address, with an append-only file. */
export async function startRedis(settings: readonly string[] = []): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}/0`;
  const client = new Redis(url, { lazyConnect: true, disconnectTimeout: 200, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  let server: ChildProcess | null = null;

  const start = async (): Promise<void> => {
    const fixed = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--appendonly', 'yes'];
    const quick = ['--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction'];
    server = spawn('redis-server', [...fixed, ...quick, ...settings], { stdio: 'ignore' });
    await answering(client);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  };

  await start();
  return {
    url,
    client,
    start,
    kill: () => end('SIGKILL'),
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    close: async () => {
      client.disconnect();
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answering(client: Redis): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      if ((await client.ping()) === 'PONG') return;
    } catch (thrown) {
      if (Date.now() > deadline) throw thrown;
    }
    await sleep(25);
  }
}
