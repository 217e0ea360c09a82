import type { Redis } from 'ioredis';
import type { Logger } from '../../ports/logger';

export interface Subscriptions {
  /** Resolves when the server has confirmed or refused it, or has not for a while; it takes effect as soon as it can. */
  add(channel: string): Promise<void>;
  remove(channel: string): void;
  close(): void;
}

/** How long to wait for the server's answer, ms. */
const confirmationMs = 3_000;
/** After a refusal it is asked again after this long, ms. */
const askAgainMs = 2_000;

/**
 * Keeps a connection subscribed: after each connect, and again and again while the server refuses. ioredis subscribes anew by
 * itself, but a refusal then would end the process; so `client` must be made without autoResubscribe.
 */
export function createSubscriptions(client: Redis, logger: Logger): Subscriptions {
  const wanted = new Set<string>();
  let waiting: (() => void)[] = [];
  let refused = false;
  let closed = false;
  let later: NodeJS.Timeout | undefined;

  const ask = async (channels: readonly string[]): Promise<void> => {
    if (channels.length === 0) return;
    try {
      await client.subscribe(...channels);
      if (refused) logger.info({}, 'Redis takes subscriptions again');
      refused = false;
    } catch (thrown) {
      // It ended without an answer: the next connection asks for all.
      if (closed || !isRefusal(thrown)) return;
      if (!refused) logger.warn({ why: thrown.message }, 'Redis refuses SUBSCRIBE, so pages show late what happens');
      refused = true;
      clearTimeout(later);
      later = setTimeout(askForAll, askAgainMs);
    }
  };
  const askForAll = (): void => {
    if (client.status !== 'ready') return;
    const told = waiting;
    waiting = [];
    void ask([...wanted]).finally(() => told.forEach((tell) => tell()));
  };
  client.on('ready', askForAll);

  return {
    add: (channel) => {
      wanted.add(channel);
      // Not by a listener each: hundreds of people may wait for one connection.
      const answered =
        client.status === 'ready' ? ask([channel]) : new Promise<void>((resolve) => waiting.push(resolve));
      return noLongerThan(answered, confirmationMs);
    },
    remove: (channel) => {
      wanted.delete(channel);
      if (client.status === 'ready') client.unsubscribe(channel).catch(() => undefined);
    },
    close: () => {
      closed = true;
      client.off('ready', askForAll);
      clearTimeout(later);
      wanted.clear();
      waiting.forEach((tell) => tell());
    },
  };
}

/** The server's own answer, rather than none. */
function isRefusal(thrown: unknown): thrown is Error {
  return thrown instanceof Error && thrown.name === 'ReplyError';
}

/** Waits for the end of `work`, which never rejects, but not longer than `ms`. */
async function noLongerThan(work: Promise<void>, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
