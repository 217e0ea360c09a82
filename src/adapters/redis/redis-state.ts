import { Redis } from 'ioredis';
import { secretsOf, showRemoteText } from '../../domain/redact';
import type { RedisFound } from '../../ports/machine';
import { evictionPolicy } from './eviction';
import { isRefused } from './refusals';
import { findRedisServer } from './redis-server';
import { redisAnswers } from './redis-probe';
import { redisSocketPath } from './redis-socket';

const limitMs = 3_000;
const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin';

/** Looks at the Redis of the configuration, or at what a private one needs. `url` null: a private one. Never raises. */
export async function redisState(options: { readonly url: string | null; readonly dir: string }): Promise<RedisFound> {
  const { url, dir } = options;
  if (url === null) {
    const program = await findRedisServer(searchPath).then(
      () => true,
      () => false,
    );
    return { kind: 'private', program, running: await redisAnswers(await redisSocketPath(dir)) };
  }
  // Once, and quickly: somebody waits for the answer.
  const client = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: limitMs,
    commandTimeout: limitMs,
    disconnectTimeout: 200,
  });
  // Why connecting fails is said here; what is thrown afterwards is only that it did.
  let lastError: string | null = null;
  client.on('error', (error: Error) => {
    lastError = error.message;
  });
  try {
    await client.connect();
    return { kind: 'answers', eviction: await evictionPolicy(client), refused: await refusedOf(client) };
  } catch (thrown) {
    return { kind: 'silent', why: showRemoteText(lastError ?? String((thrown as Error).message), secretsOf(url)) };
  } finally {
    client.disconnect();
  }
}

/** What Headwater sends, each in a way that changes nothing. The last one turns the connection into a subscriber's. */
const commands = [
  ['eval', 'return 1', '0'],
  ['evalsha', '0'.repeat(40), '0'],
  ['script', 'LOAD', 'return 1'],
  ['hgetall', 'headwater:runs:doctor'],
  ['brpoplpush', 'headwater:runs:doctor', 'headwater:runs:doctor', '0.01'],
  ['publish', 'headwater:mirror:', ''],
  ['subscribe', 'headwater:mirror:'],
] as const;

/** Which of them this user may not. */
async function refusedOf(client: Redis): Promise<string[]> {
  const refused: string[] = [];
  for (const [command, ...args] of commands) {
    try {
      await client.call(command, ...args);
    } catch (thrown) {
      // Others are of the probe: an unknown script, an old server that takes whole seconds.
      if (isRefused(String(thrown))) refused.push(command.toUpperCase());
    }
  }
  return refused;
}
