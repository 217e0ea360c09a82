import type { Redis } from 'ioredis';
import { RedisStore, type RedisReply } from 'rate-limit-redis';
import { HeadwaterError } from '../../domain/errors';
import type { Logger } from '../../ports/logger';
import type { RateCounter, RateCounters } from '../../ports/rate-counters';
import { closeRedisClient, createRedisClient, type RedisConnection } from './redis-client';

export interface RedisCountersOptions {
  readonly connection: RedisConnection;
  readonly logger: Logger;
}

/** Nobody waits longer than this (ms) for a count. */
const commandTimeoutMs = 1_000;

/** Counts in Redis. Opens at once, with or without it; while it is away nothing is counted, and one line says so. */
export function openRedisCounters({ connection, logger }: RedisCountersOptions): RateCounters {
  const client = createRedisClient(connection, 'rates', {
    enableOfflineQueue: false,
    commandTimeout: commandTimeoutMs,
  });
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
    close: () => closeRedisClient(client),
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
