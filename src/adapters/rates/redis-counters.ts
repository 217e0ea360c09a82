import { Redis, type RedisOptions } from 'ioredis';
import { RedisStore, type RedisReply } from 'rate-limit-redis';
import { HeadwaterError } from '../../domain/errors';
import type { Logger } from '../../ports/logger';
import type { RateCounter, RateCounters } from '../../ports/rate-counters';

export interface RedisCountersOptions {
  /** The URL may hold a password: never log it. */
  readonly connection: { readonly url: string } | { readonly socketPath: string };
  readonly logger: Logger;
}

/** Nobody waits longer than this (ms) for a count. */
const commandTimeoutMs = 1_000;

/** Counts in Redis. Opens at once, with or without it; while it is away nothing is counted, and one line says so. */
export function openRedisCounters({ connection, logger }: RedisCountersOptions): RateCounters {
  const options: RedisOptions = {
    enableOfflineQueue: false,
    maxRetriesPerRequest: null,
    commandTimeout: commandTimeoutMs,
    retryStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 6), 2_000),
    disconnectTimeout: 200,
  };
  const client =
    'url' in connection ? new Redis(connection.url, options) : new Redis({ ...options, path: connection.socketPath });
  let away = false;
  client.on('error', (error: Error) => {
    if (!away) logger.warn({ why: error.message }, 'Redis does not answer, so requests are not limited for now');
    away = true;
  });
  client.on('ready', () => {
    if (away) logger.info({}, 'requests are limited again');
    away = false;
  });

  return {
    counter: (name, windowMs) => counterOf(client, `headwater:rate:${name}:`, windowMs),
    close: async () => {
      if (client.status === 'end') return;
      const ended = new Promise((resolve) => client.once('end', resolve));
      client.disconnect();
      // One that waits for its next attempt to connect never says that it ended.
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 300).unref())]);
    },
  };
}

/** The library loads its scripts once and for all; one that failed to is replaced, so that it heals. */
function counterOf(client: Redis, prefix: string, windowMs: number): RateCounter {
  let loading: Promise<RedisStore> | null = null;
  const load = async (): Promise<RedisStore> => {
    const sendCommand = (...[command = '', ...args]: string[]) => client.call(command, ...args) as Promise<RedisReply>;
    const store = new RedisStore({ prefix, sendCommand });
    await store.init({ windowMs } as Parameters<RedisStore['init']>[0]);
    return store;
  };
  const using = async <T>(work: (store: RedisStore) => Promise<T>): Promise<T> => {
    if (client.status !== 'ready') throw new HeadwaterError('queue_unavailable');
    loading ??= load();
    try {
      return await work(await loading);
    } catch (thrown) {
      loading = null;
      throw new HeadwaterError('queue_unavailable', {}, { cause: thrown });
    }
  };
  return {
    increment: (key) =>
      using(async (store) => {
        const { totalHits, resetTime } = await store.increment(key);
        return { totalHits, resetTime: resetTime ?? new Date(Date.now() + windowMs) };
      }),
    decrement: (key) => using((store) => store.decrement(key)),
    resetKey: (key) => using((store) => store.resetKey(key)),
  };
}
