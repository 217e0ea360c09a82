import { openNotices } from '../../../src/adapters/redis/redis-notices';
import { redisState } from '../../../src/adapters/redis/redis-state';
import { openRunQueue } from '../../../src/adapters/redis/run-queue';
import type { Notices } from '../../../src/ports/notices';
import type { RunQueue } from '../../../src/ports/run-queue';
import { MemoryLogger } from '../../fakes/memory-logger';
import { startRedis, type TestRedis } from '../../support/redis';
import { until } from '../../support/until';

let redis: TestRedis;
let logger: MemoryLogger;
let opened: { close(): Promise<void> }[] = [];
const job = { runId: 'a', mirrorId: 'm' };
const unavailable = { code: 'queue_unavailable' };

const openQueue = async (): Promise<RunQueue> => {
  const queue = await openRunQueue({ connection: { url: redis.url }, logger });
  opened.push(queue);
  return queue;
};
const openLive = async (): Promise<Notices> => {
  const notices = await openNotices({ connection: { url: redis.url }, logger });
  opened.push(notices);
  return notices;
};
/** What the user that everybody is may do; also those who are connected. */
const acl = (...rules: string[]) => redis.client.acl('SETUSER', 'default', ...rules);
const succeeds = (work: () => Promise<void>): Promise<boolean> =>
  work().then(
    () => true,
    () => false,
  );
const refused = async (): Promise<unknown> => {
  const state = await redisState({ url: redis.url, dir: '/nowhere' });
  return state.kind === 'answers' ? state.refused : state;
};

beforeEach(async () => {
  redis = await startRedis();
  logger = new MemoryLogger();
});
afterEach(async () => {
  for (const one of opened) await one.close();
  opened = [];
  await redis.close();
});

describe('a Redis that refuses', () => {
  it('SUBSCRIBE and PSUBSCRIBE from the start on is no fault of the queue, which needs neither', async () => {
    await acl('-subscribe', '-psubscribe');
    const queue = await openQueue();
    const seen: string[] = [];
    queue.work(async ({ runId }) => void seen.push(runId), 1);
    await queue.ensure(job, 'manual');
    await until(() => seen.length === 1);
    await queue.ping();
    expect(logger.messages('error')).toEqual([]);
  });

  it.each([
    ['SUBSCRIBE at the start', async () => void (await acl('-subscribe')), async () => undefined],
    [
      'SUBSCRIBE when the connection was lost',
      async () => undefined,
      async () => {
        await acl('-subscribe');
        await redis.client.client('KILL', 'TYPE', 'pubsub');
      },
    ],
  ])('%s is asked again until it allows it, and tells meanwhile', async (_, atStart, later) => {
    await atStart();
    const notices = await openLive();
    const seen: string[] = [];
    await notices.subscribe('mirror', ({ type }) => seen.push(type));
    await later();
    await until(async () => !(await succeeds(() => notices.ping())));
    await expect(notices.ping()).rejects.toMatchObject(unavailable);
    await until(() => logger.messages('warn').length > 0);
    expect(logger.messages('warn')).toEqual(['Redis refuses SUBSCRIBE, so pages show late what happens']);
    expect(await refused()).toEqual(['SUBSCRIBE']);

    await acl('+subscribe');
    await until(() => {
      notices.publish('mirror', { type: 'run.started', runId: 'a' });
      return seen.length > 0;
    });
    await notices.ping();
    expect(await refused()).toEqual([]);
    expect(logger.messages('info')).toContain('Redis takes subscriptions again');
  });

  it.each([
    ['BRPOPLPUSH', '-brpoplpush', '+brpoplpush'],
    ['EVALSHA', '-evalsha', '+evalsha'],
  ])('%s at the start stops the queue for as long as it does, and is told', async (command, refuse, allow) => {
    await acl(refuse);
    const queue = await openQueue();
    const seen: string[] = [];
    queue.work(async ({ runId }) => void seen.push(runId), 1);
    await until(async () => {
      await queue.ensure(job, 'manual').catch(() => undefined);
      return !(await succeeds(() => queue.ping()));
    });
    expect(await refused()).toEqual([command]);
    expect(logger.messages('warn')).toContain('Redis refuses what the queue needs; it goes on trying');

    await acl(allow);
    await until(() => succeeds(() => queue.ensure(job, 'manual')));
    await until(() => seen.includes('a'));
    await until(() => succeeds(() => queue.ping()));
  });
});

it('a frozen Redis makes neither connections nor listeners pile up', async () => {
  const warnings: string[] = [];
  const note = (warning: Error) => void warnings.push(warning.message);
  process.on('warning', note);
  const [queue, live] = [await openQueue(), await openLive()];
  queue.work(async () => undefined, 4);
  await queue.ping();
  await live.ping();
  redis.freeze();
  const many = Array.from({ length: 15 }, (_, at) => at);
  await Promise.all(
    many.flatMap((at) => [
      expect(queue.ensure({ runId: `run-${at}`, mirrorId: 'm' }, 'manual')).rejects.toMatchObject(unavailable),
      expect(live.ping()).rejects.toMatchObject(unavailable),
      live.subscribe(`mirror-${at}`, () => undefined),
    ]),
  );
  redis.thaw();
  await until(() => succeeds(() => queue.ping()));
  await until(() => succeeds(() => live.ping()));
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
