import type { Redis, RedisOptions } from 'ioredis';
import type { MirrorNotice } from '../../domain/events';
import type { Logger } from '../../ports/logger';
import type { Notices } from '../../ports/notices';
import { createNoticeBoard } from './notice-board';
import { closeRedisClient, createRedisClient, type RedisConnection } from './redis-client';
import { inTime } from './in-time';
import { createSubscriptions } from './subscriptions';

export interface NoticesOptions {
  readonly connection: RedisConnection;
  readonly logger: Logger;
}

const channelPrefix = 'headwater:mirror:';
/** For pings: no mirror has an empty id. */
const probeChannel = channelPrefix;
/** Notices on their way to a Redis that does not answer; more are dropped. */
const maxUnderWay = 1_000;

/** Redis publish and subscribe, two connections per process. Opens at once, with or without Redis. */
export async function openNotices({ connection, logger }: NoticesOptions): Promise<Notices> {
  const publisher = createClient(connection, logger, 'publisher', {
    enableOfflineQueue: false,
    // What was sent to a server that went away is dropped, not sent again; it is never answered then.
    autoResendUnfulfilledCommands: false,
  });
  const subscriber = createClient(connection, logger, 'subscriber', { autoResubscribe: false });
  const subscriptions = createSubscriptions(subscriber, logger);
  const board = createNoticeBoard(logger);
  let underWay = 0;
  let probing: Promise<void> | null = null;
  let lives = 0;
  let lose: (why: Error) => void = () => undefined;
  publisher.on('close', () => {
    lives += 1;
    underWay = 0;
    lose(new Error('The connection was lost.'));
  });

  const probe = async (): Promise<void> => {
    await Promise.all([publisher, subscriber].map(untilReady));
    const lost = new Promise<never>((_, reject) => (lose = reject));
    await Promise.race([lost, Promise.all([subscriber.subscribe(probeChannel), publisher.publish(probeChannel, '')])]);
  };
  subscriber.on('message', (channel, message) => {
    const notice = parseNotice(message);
    if (notice !== null && channel.startsWith(channelPrefix)) board.tell(channel.slice(channelPrefix.length), notice);
  });

  return {
    publish: (mirrorId, notice) => {
      if (publisher.status !== 'ready' || underWay >= maxUnderWay) return;
      underWay += 1;
      const sentIn = lives;
      publisher
        .publish(channelPrefix + mirrorId, JSON.stringify(notice))
        // Lossy by design: whoever watches reads the state from the database.
        .catch(() => undefined)
        .finally(() => {
          if (sentIn === lives) underWay -= 1;
        });
    },

    subscribe: async (mirrorId, listener) => {
      const leave = board.join(mirrorId, listener);
      // Also when somebody listens already: whoever comes second waits for the confirmation as well.
      await subscriptions.add(channelPrefix + mirrorId);
      return () => {
        if (leave() === 'last') subscriptions.remove(channelPrefix + mirrorId);
      };
    },

    // One at a time: a Redis that answers nothing would have to remember them all.
    ping: () => inTime((probing ??= probe().finally(() => (probing = null)))),

    close: async () => {
      board.clear();
      subscriptions.close();
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

async function untilReady(client: Redis): Promise<void> {
  if (client.status !== 'ready') await new Promise<void>((resolve) => client.once('ready', () => resolve()));
}

function parseNotice(text: string): MirrorNotice | null {
  try {
    const notice = JSON.parse(text) as MirrorNotice | null;
    return typeof notice?.type === 'string' ? notice : null;
  } catch {
    return null;
  }
}
