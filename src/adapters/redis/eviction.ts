import type { Redis } from 'ioredis';

/**
 * The policy by which this Redis drops keys when its memory is full, unless it keeps them all. INFO, since hosted
 * servers forbid CONFIG.
 */
export async function evictionPolicy(client: Redis): Promise<string | null> {
  const policy = /^maxmemory_policy:(\S+)/m.exec(await client.info('memory'))?.[1];
  return policy === undefined || policy === 'noeviction' ? null : policy;
}
