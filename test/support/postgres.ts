import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DataSource } from 'typeorm';
import { freePort } from './free-port';

const run = promisify(execFile);

/** Folder of the system's PostgreSQL binaries, the newest; null when there are none, or when root has no other user to run them as. */
export const postgresBinaries: string | null = findBinaries();

export interface TestPostgres {
  /** An empty database; answers its URL. */
  createDatabase(): Promise<string>;
  /** Ends the server as an operator would; its data stay. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops answering without closing anything, and goes on. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

/** A throw-away PostgreSQL on a free port of the loopback address; not durable, therefore fast. */
export async function startPostgres(): Promise<TestPostgres> {
  const binaries = postgresBinaries;
  if (binaries === null) throw new Error('PostgreSQL is not installed');
  const user = process.getuid?.() === 0 ? await postgresUser() : null;
  const folder = await mkdtemp(join(tmpdir(), 'headwater-postgres-'));
  if (user !== null) await chown(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  await run(join(binaries, 'initdb'), ['-D', data, '-U', 'tester', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'], {
    ...user,
    cwd: folder,
  });
  const port = await freePort();
  const url = (database: string) => `postgresql://tester@127.0.0.1:${port}/${database}`;
  let server: ChildProcess | null = null;

  const start = async (): Promise<void> => {
    const settings = [
      'fsync=off',
      'synchronous_commit=off',
      'full_page_writes=off',
      `unix_socket_directories=${folder}`,
    ];
    const options = settings.flatMap((setting) => ['-c', setting]);
    server = spawn(join(binaries, 'postgres'), ['-D', data, '-h', '127.0.0.1', '-p', String(port), ...options], {
      ...user,
      cwd: folder,
      stdio: 'ignore',
    });
    await answering(url('postgres'));
  };
  const stop = async (): Promise<void> => {
    if (server === null || server.exitCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGCONT');
    server.kill('SIGINT');
    await exited;
    server = null;
  };
  const signalAll = (signal: NodeJS.Signals): void => {
    for (const pid of [server?.pid, ...childrenOf(server?.pid)]) if (pid !== undefined) process.kill(pid, signal);
  };

  await start();
  return {
    createDatabase: async () => {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      await query(url('postgres'), `CREATE DATABASE ${name}`);
      return url(name);
    },
    stop,
    start,
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    close: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One statement on a connection of its own. */
export async function query(url: string, text: string): Promise<unknown> {
  const source = new DataSource({ type: 'postgres', url, connectTimeoutMS: 2_000, poolSize: 1 });
  await source.initialize();
  try {
    return await source.query(text);
  } finally {
    await source.destroy();
  }
}

async function answering(url: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      await query(url, 'SELECT 1');
      return;
    } catch (thrown) {
      if (Date.now() > deadline) throw thrown;
    }
    await sleep(50);
  }
}

function childrenOf(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid);
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

/** PostgreSQL refuses to run as root. */
async function postgresUser(): Promise<{ uid: number; gid: number }> {
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

function findBinaries(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ?? null;
}
