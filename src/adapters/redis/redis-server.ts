import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HeadwaterError } from '../../domain/errors';
import { withPipes } from '../../git-http/exhaustion';

const run = promisify(execFile);

/** flock's answer when another process has the lock. */
const lockedExitCode = 75;
/** How to call redis-server on this machine: the wrappers that it has, and where to look. */
export interface RedisCommand {
  readonly wrappers: { readonly setpriv: boolean; readonly flock: boolean };
  readonly searchPath: string;
}

export interface RedisServer {
  readonly pid: number | undefined;
  /** How it ended: `locked` when another process has a server on this folder, with the last lines of its log. */
  readonly ended: Promise<{ readonly locked: boolean; readonly how: string; readonly log: string }>;
  /** Asks it to save and end, and insists after a while. */
  stop(): Promise<void>;
}

/** Raises config_invalid when this machine has no Redis. */
export async function findRedisServer(searchPath: string): Promise<RedisCommand> {
  if (!(await runs('redis-server', searchPath)))
    throw new HeadwaterError('config_invalid', {
      faults: 'redis-server was not found on this machine: install it, or set HEADWATER_REDIS_URL to a Redis of yours',
    });
  const [setpriv, flock] = await Promise.all([runs('setpriv', searchPath), runs('flock', searchPath)]);
  return { wrappers: { setpriv, flock }, searchPath };
}

/** A server on a unix socket with its append-only file in `dir`; it never opens a port. */
export function startRedisServer(place: {
  readonly command: RedisCommand;
  readonly dir: string;
  readonly socketPath: string;
}): RedisServer {
  const { dir, socketPath } = place;
  const { wrappers, searchPath } = place.command;
  // Linux only: the server ends with this process, however that ends.
  const tied = wrappers.setpriv ? ['setpriv', '--pdeathsig', 'TERM'] : [];
  // Two servers on one folder would destroy its files. The kernel frees the lock when the server is gone.
  const alone = wrappers.flock ? ['flock', '-n', '-F', '-E', String(lockedExitCode), join(dir, 'redis.lock')] : [];
  const [program = 'redis-server', ...args] = [...tied, ...alone, 'redis-server', ...settings(dir, socketPath)];
  // No environment but this: ours holds secrets.
  const env = { PATH: searchPath };
  const child = withPipes(() => spawn(program, args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] }));

  let log = '';
  const keep = (chunk: Buffer): void => {
    log = (log + chunk.toString('utf8')).slice(-2_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);

  const ended = new Promise<{ locked: boolean; how: string; log: string }>((resolve) => {
    child.once('error', (error) => resolve({ locked: false, how: error.message, log }));
    child.once('close', (code, signal) =>
      resolve({ locked: code === lockedExitCode, how: signal ?? `exit code ${code}`, log }),
    );
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const insist = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(insist);
  };
  return { pid: child.pid, ended, stop };
}

function settings(dir: string, socketPath: string): string[] {
  return [
    ['--port', '0'],
    ['--unixsocket', socketPath],
    ['--unixsocketperm', '700'],
    ['--dir', dir],
    ['--appendonly', 'yes'],
    ['--appendfsync', 'everysec'],
    ['--save', ''],
    ['--maxmemory-policy', 'noeviction'],
    ['--daemonize', 'no'],
    ['--logfile', ''],
  ].flat();
}

async function runs(command: string, searchPath: string): Promise<boolean> {
  try {
    await run(command, ['--version'], { env: { PATH: searchPath }, timeout: 10_000 });
    return true;
  } catch (thrown) {
    // What answers with an error of its own is there nevertheless.
    return (thrown as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}
