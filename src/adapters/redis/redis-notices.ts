import type { Redis, RedisOptions } from 'ioredis';
import type { MirrorNotice } from '../../domain/events';
import type { Logger } from '../../ports/logger';
import type { Notices } from '../../ports/notices';
import { createNoticeBoard } from './notice-board';
import { closeRedisClient, createRedisClient, type RedisConnection } from './redis-client';

export interface NoticesOptions {
  readonly connection: RedisConnection;
  readonly logger: Logger;
}

const channelPrefix = 'headwater:mirror:';
/** How long to wait for the server to confirm a subscription, ms; it takes effect later otherwise. */
const confirmationMs = 3_000;
/** Notices on their way to a Redis that does not answer; more are dropped. */
const maxUnderWay = 1_000;

/** Redis publish and subscribe, two connections per process. Opens at once, with or without Redis. */
export async function openNotices({ connection, logger }: NoticesOptions): Promise<Notices> {
  const publisher = createClient(connection, logger, 'publisher', {
    enableOfflineQueue: false,
    commandTimeout: 5_000,
    // What was sent to a server that went away is dropped, not sent again.
    autoResendUnfulfilledCommands: false,
  });
  const subscriber = createClient(connection, logger, 'subscriber');
  const board = createNoticeBoard(logger);
  let underWay = 0;

  subscriber.on('message', (channel, message) => {
    const notice = parseNotice(message);
    if (notice !== null && channel.startsWith(channelPrefix)) board.tell(channel.slice(channelPrefix.length), notice);
  });

  return {
    publish: (mirrorId, notice) => {
      if (publisher.status !== 'ready' || underWay >= maxUnderWay) return;
      underWay += 1;
      publisher
        .publish(channelPrefix + mirrorId, JSON.stringify(notice))
        // Lossy by design: whoever watches reads the state from the database.
        .catch(() => undefined)
        .finally(() => (underWay -= 1));
    },

    subscribe: async (mirrorId, listener) => {
      const leave = board.join(mirrorId, listener);
      // Also when somebody listens already: whoever comes second waits for the confirmation as well.
      await settled(subscriber.subscribe(channelPrefix + mirrorId), confirmationMs);
      return () => {
        if (leave() === 'last') subscriber.unsubscribe(channelPrefix + mirrorId).catch(() => undefined);
      };
    },

    close: async () => {
      board.clear();
      await Promise.all([publisher, subscriber].map(closeRedisClient));
    },
  };
}

/** The queue reports outages. */
function createClient(connection: RedisConnection, logger: Logger, name: string, extra: RedisOptions = {}): Redis {
  const client = createRedisClient(connection, `notices:${name}`, extra);
  client.on('error', (error: Error) => logger.debug({ why: error.message }, 'Notices: Redis does not answer'));
  return client;
}

function parseNotice(text: string): MirrorNotice | null {
  try {
    const notice = JSON.parse(text) as MirrorNotice | null;
    return typeof notice?.type === 'string' ? notice : null;
  } catch {
    return null;
  }
}

/** Waits for the end of `work`, whichever, but not longer than `ms`. */
async function settled(work: Promise<unknown>, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    work
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(timer);
        resolve();
      });
  });
}
