import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '../../ports/logger';

/** A Redis of the user's, or a private one on a unix socket. The URL may hold a password: never log it. */
export type RedisConnection = { readonly url: string } | { readonly socketPath: string };

export type RedisRole = 'client' | 'subscriber' | 'bclient';

/** A command that is not answered by then has failed, ms. */
const commandTimeoutMs = 2_500;

/** A connection that never gives up, for one of Bull's three roles. */
export function createRedisClient(connection: RedisConnection, role: RedisRole, logger: Logger): Redis {
  const options: RedisOptions = {
    // Bull insists on these two for its blocking and its subscribed connection; a command that waits for a connection
    // is bounded by its time-out instead.
    maxRetriesPerRequest: null,
    enableReadyCheck: role === 'client',
    retryStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 6), 2_000),
    // After a fail-over the old master is a read-only replica.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    connectTimeout: 5_000,
    // Otherwise closing a connection holds the process for two seconds.
    disconnectTimeout: 200,
    // What an admin sees in CLIENT LIST; a server that refuses names is no fault.
    connectionName: `headwater:${role}`,
    ...(role === 'client' ? { commandTimeout: commandTimeoutMs } : {}),
  };
  const Client = role === 'bclient' ? BlockingRedis : Redis;
  const client =
    'url' in connection ? new Client(connection.url, options) : new Client({ ...options, path: connection.socketPath });
  reportOutages(client, role, logger);
  return client;
}

/**
 * Connects anew. One that vanished without a word, as when a firewall forgot it, would look alive for a quarter of an hour.
 * (ioredis has a `socketTimeout`, whose timer outlives the connection and then cuts the next one.)
 */
export function reconnectRedisClient(client: Redis): void {
  if (client.status === 'ready') client.disconnect(true);
}

/** Ends a connection in whatever state it is. */
export async function closeRedisClient(client: Redis): Promise<void> {
  if (client.status === 'end') return;
  await new Promise<void>((resolve) => {
    // One that waits for its next attempt to connect never says that it ended.
    const timer = setTimeout(resolve, 400);
    client.once('end', () => {
      clearTimeout(timer);
      resolve();
    });
    client.disconnect();
  });
}

/**
 * Bull reconnects it while it closes. It leaves the rejection unhandled when Redis is away, which would end the process,
 * and waits without end for a Redis that answers nothing.
 */
class BlockingRedis extends Redis {
  override async connect(): Promise<void> {
    super.connect().catch(() => undefined);
  }
}

/** One line per outage instead of one per attempt; without a listener an error would end the process. */
function reportOutages(client: Redis, role: RedisRole, logger: Logger): void {
  let down = false;
  client.on('error', (error: Error) => {
    if (!down) logger.warn({ role, why: error.message }, 'Redis does not answer');
    down = true;
  });
  client.on('ready', () => {
    if (down) logger.info({ role }, 'Redis answers again');
    down = false;
  });
}
