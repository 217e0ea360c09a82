import { Redis } from 'ioredis';
import type { Logger } from '../../ports/logger';
import { blockingRedis } from './blocking-redis';
import { createRedisClient, type RedisConnection } from './redis-client';

type QueueRole = 'client' | 'subscriber' | 'bclient';

/** A command that is not answered by then has failed, ms. */
const commandTimeoutMs = 2_500;

/** A connection for one of Bull's three roles. What it meets once the queue is closing is no outage. */
export function createQueueClient(
  connection: RedisConnection,
  role: QueueRole,
  logger: Logger,
  isClosing: () => boolean,
): Redis {
  const options = {
    // Bull insists on none for its blocking and its subscribed connection.
    enableReadyCheck: role === 'client',
    // After a fail-over the old master is a read-only replica.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    ...(role === 'client' ? { commandTimeout: commandTimeoutMs } : {}),
  };
  const Kind = role === 'bclient' ? blockingRedis(isClosing) : Redis;
  const client = createRedisClient(connection, `queue:${role}`, options, Kind);
  reportOutages(client, role, logger, isClosing);
  return client;
}

/** One line per outage instead of one per attempt. */
function reportOutages(client: Redis, role: QueueRole, logger: Logger, isClosing: () => boolean): void {
  let down = false;
  client.on('error', (error: Error) => {
    if (!down && !isClosing()) logger.warn({ role, why: error.message }, 'Redis does not answer');
    down = true;
  });
  client.on('ready', () => {
    if (down) logger.info({ role }, 'Redis answers again');
    down = false;
  });
}
