import { Redis, type RedisOptions } from 'ioredis';

/** A Redis of the user's, or a private one on a unix socket. The URL may hold a password: never log it. */
export type RedisConnection = { readonly url: string } | { readonly socketPath: string };

/**
 * A connection that never gives up; `name` is what an admin sees of it in CLIENT LIST. Without a listener of "error" the
 * first one would end the process.
 */
export function createRedisClient(
  connection: RedisConnection,
  name: string,
  extra: RedisOptions = {},
  Client: typeof Redis = Redis,
): Redis {
  const options: RedisOptions = {
    // A command that waits for a connection is bounded by its time-out instead.
    maxRetriesPerRequest: null,
    retryStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 6), 2_000),
    connectTimeout: 5_000,
    // Otherwise closing a connection holds the process for two seconds.
    disconnectTimeout: 200,
    // A server that refuses names is no fault.
    connectionName: `headwater:${name}`,
    ...extra,
  };
  return 'url' in connection
    ? new Client(connection.url, options)
    : new Client({ ...options, path: connection.socketPath });
}

/**
 * Connects anew. One that vanished without a word, as when a firewall forgot it, would look alive for a quarter of an hour.
 * (ioredis has a `socketTimeout`, whose timer outlives the connection and then cuts the next one.)
 */
export function reconnectRedisClient(client: Redis): void {
  // It stays ready until the other side, or a time-out, has ended it as well.
  if (client.status === 'ready' && !client.stream.writableEnded) client.disconnect(true);
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
