import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeadwaterError } from '../../domain/errors';
import type { Logger } from '../../ports/logger';
import { redisAnswers } from './redis-probe';
import { findRedisServer, startRedisServer, type RedisServer } from './redis-server';
import { redisSocketPath } from './redis-socket';

export interface PrivateRedis {
  readonly socketPath: string;
  /** Ends the server, if this process started it. */
  close(): Promise<void>;
}

export interface PrivateRedisOptions {
  /** Holds its files and its socket; no other use. */
  readonly dir: string;
  readonly logger: Logger;
  /** Where to look for redis-server and its wrappers, like PATH. */
  readonly searchPath?: string;
  /** The first answer must come within this, ms; there is little to load. */
  readonly startTimeoutMs?: number;
}

const usualSearchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin';
/** How often a server that another process started is looked at, ms. */
const watchIntervalMs = 1_000;

/**
 * A Redis of our own for those who have none, kept alive until it is closed: `dir` holds its files. Several processes on one
 * folder share one server; when the one that started it ends, another one starts it again.
 * Raises config_invalid.
 */
export async function startPrivateRedis(options: PrivateRedisOptions): Promise<PrivateRedis> {
  const { logger, searchPath = usualSearchPath, startTimeoutMs = 20_000 } = options;
  const dir = resolve(options.dir);
  const command = await findRedisServer(searchPath);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const socketPath = await redisSocketPath(dir);
  const closed = new AbortController();
  let server: RedisServer | null = null;
  let lastWords = 'no answer';

  const serveOnce = async (): Promise<void> => {
    if (closed.signal.aborted) return;
    server = startRedisServer({ command, dir, socketPath });
    const { locked, how, log } = await server.ended;
    server = null;
    // Locked: another process is starting one or ending it.
    if (closed.signal.aborted || locked) return;
    lastWords = [how, ...log.trim().split('\n').slice(-3)].join('; ');
    logger.warn({ how, log }, 'The private Redis ended and is started again');
    if (/append only file|aof/i.test(log) && /bad file format|fatal error/i.test(log)) {
      // Nothing is lost: the queue is made again from the database.
      logger.warn({}, 'The files of the private Redis are damaged and were removed');
      await rm(join(dir, 'appendonlydir'), { recursive: true, force: true });
    }
  };
  const keepAlive = async (): Promise<void> => {
    while (!closed.signal.aborted) {
      if (await redisAnswers(socketPath)) await pause(watchIntervalMs, closed.signal);
      else {
        await serveOnce();
        await pause(200, closed.signal);
      }
    }
  };

  const keeper = keepAlive();
  const close = async (): Promise<void> => {
    closed.abort();
    await server?.stop();
    await keeper;
  };
  const deadline = performance.now() + startTimeoutMs;
  while (!(await redisAnswers(socketPath))) {
    if (performance.now() > deadline) {
      await close();
      throw new HeadwaterError('config_invalid', { faults: `the private Redis does not start (${lastWords})` });
    }
    await sleep(25);
  }
  return { socketPath, close };
}

/** Sleeps, but not past the end. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
