import { Redis, type RedisKey } from 'ioredis';

/**
 * The connection on which Bull waits for the next job. To close, Bull ends it, connects it anew and waits for all that was under
 * way on it; here that is mended where it would not come to an end:
 * - What was sent before the last reconnect is never answered when that one is ended before it is ready, as with a Redis that
 *   accepts connections and says nothing. So what waits is let go.
 * - Connecting anew is for nothing, takes as long as Redis likes, and leaves a rejection unhandled, which would end the process.
 * - An error meanwhile would end the process as well.
 */
export function blockingRedis(isClosing: () => boolean): typeof Redis {
  const waiting = new Set<(why: Error) => void>();
  return class extends Redis {
    override async connect(): Promise<void> {
      if (!isClosing()) super.connect().catch(() => undefined);
      // In the words by which Bull knows its own doing.
      else for (const letGo of waiting) letGo(new Error('Connection is closed.'));
    }

    override brpoplpush(source: RedisKey, destination: RedisKey, timeout: number | string): Promise<string | null> {
      return new Promise((resolve, reject) => {
        waiting.add(reject);
        super
          .brpoplpush(source, destination, timeout)
          .then(resolve, reject)
          .finally(() => waiting.delete(reject));
      });
    }

    override emit(event: string | symbol, ...args: unknown[]): boolean {
      return event === 'error' && isClosing() ? false : super.emit(event, ...args);
    }
  };
}
