import { openNotices } from '../adapters/redis/redis-notices';
import { startPrivateRedis } from '../adapters/redis/private-redis';
import { openRedisCounters } from '../adapters/redis/redis-counters';
import type { RedisConnection } from '../adapters/redis/redis-client';
import { redisAnswers } from '../adapters/redis/redis-probe';
import { redisSocketPath } from '../adapters/redis/redis-socket';
import { openRunQueue } from '../adapters/redis/run-queue';
import { HeadwaterError } from '../domain/errors';
import type { Logger } from '../ports/logger';
import type { Notices } from '../ports/notices';
import type { RateCounters } from '../ports/rate-counters';
import type { RunQueue } from '../ports/run-queue';
import type { Releaser } from './releaser';

export interface RedisPartsOptions {
  /** null: a private Redis. */
  readonly url: string | null;
  /** Folder of the private Redis. */
  readonly dir: string;
  /** Starts the private Redis if it does not run; otherwise only one that a server has started is used. */
  readonly start: boolean;
  readonly log: Logger;
}

export interface RedisParts {
  readonly queue: RunQueue;
  readonly notices: Notices;
  /** null: there is no Redis. */
  readonly rateCounters: RateCounters | null;
}

/** Queue and notices. Raises config_invalid. */
export async function openRedisParts(options: RedisPartsOptions, releaser: Releaser): Promise<RedisParts> {
  const connection = await connectionOf(options, releaser);
  if (connection === null) return absent;
  const notices = await openNotices({ connection, logger: options.log });
  releaser.add(() => notices.close());
  const queue = await openRunQueue({ connection, logger: options.log });
  releaser.add(() => queue.close());
  const rateCounters = openRedisCounters({ connection, logger: options.log });
  releaser.add(() => rateCounters.close());
  return { queue, notices, rateCounters };
}

async function connectionOf(options: RedisPartsOptions, releaser: Releaser): Promise<RedisConnection | null> {
  if (options.url !== null) return { url: options.url };
  if (options.start) {
    const redis = await startPrivateRedis({ dir: options.dir, logger: options.log });
    releaser.add(() => redis.close());
    return { socketPath: redis.socketPath };
  }
  const socketPath = await redisSocketPath(options.dir);
  return (await redisAnswers(socketPath)) ? { socketPath } : null;
}

const unavailable = (): Promise<never> => Promise.reject(new HeadwaterError('queue_unavailable'));

/** No server runs on this data folder: what is asked for stays recorded, and its next start takes it up. */
const absent: RedisParts = {
  queue: { ensure: unavailable, ping: unavailable, work: () => undefined, close: async () => undefined },
  notices: {
    publish: () => undefined,
    subscribe: async () => () => undefined,
    ping: unavailable,
    close: async () => undefined,
  },
  rateCounters: null,
};
