import { openNotices } from '../../../src/adapters/redis/redis-notices';
import type { MirrorNotice } from '../../../src/domain/events';
import type { Notices } from '../../../src/ports/notices';
import { MemoryLogger } from '../../fakes/memory-logger';
import { startRedis, type TestRedis } from '../../support/redis';
import { until } from '../../support/until';

const started = (runId: string): MirrorNotice => ({ type: 'run.started', runId });
const progressed: MirrorNotice = {
  type: 'run.progressed',
  runId: 'a',
  phase: 'receiving',
  done: 1,
  total: 2,
  bytes: 3,
};

let redis: TestRedis;
let opened: Notices[] = [];
const logger = new MemoryLogger();
const open = async (): Promise<Notices> => {
  const notices = await openNotices({ connection: { url: redis.url }, logger });
  opened.push(notices);
  return notices;
};

/** Lossy while the connections are made: publishes until it arrives. */
async function arrives(publisher: Notices, seen: MirrorNotice[], notice: MirrorNotice): Promise<void> {
  await until(() => {
    publisher.publish('mirror-1', notice);
    return seen.some((other) => JSON.stringify(other) === JSON.stringify(notice));
  });
}

beforeEach(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  for (const notices of opened) await notices.close();
  opened = [];
  await redis.close();
});

it('carries notices from one process to another, whole and in order', async () => {
  const [worker, web] = [await open(), await open()];
  const seen: MirrorNotice[] = [];
  await web.subscribe('mirror-1', (notice) => seen.push(notice));
  await arrives(worker, seen, started('first'));
  const sent = [started('a'), progressed, ...Array.from({ length: 50 }, (_, index) => started(`run-${index}`))];
  for (const notice of sent) worker.publish('mirror-1', notice);
  await until(() => seen.some((notice) => JSON.stringify(notice) === JSON.stringify(sent.at(-1))));
  // Those that were sent before until one arrived may still come.
  expect(seen.filter((notice) => JSON.stringify(notice) !== JSON.stringify(started('first')))).toEqual(sent);
});

it('tells every listener of the mirror and nobody else, until each leaves', async () => {
  const [worker, web] = [await open(), await open()];
  const [one, two, other]: MirrorNotice[][] = [[], [], []];
  if (one === undefined || two === undefined || other === undefined) throw new Error('no lists');
  const leave = await web.subscribe('mirror-1', (notice) => one.push(notice));
  await web.subscribe('mirror-1', (notice) => two.push(notice));
  await web.subscribe('mirror-2', (notice) => other.push(notice));
  await arrives(worker, two, started('a'));
  expect(one).toEqual(two);
  leave();
  leave();
  const before = one.length;
  await arrives(worker, two, started('b'));
  expect(one).toHaveLength(before);
  expect(other).toEqual([]);
});

it('unsubscribes when the last listener leaves, and subscribes again', async () => {
  const [worker, web] = [await open(), await open()];
  const seen: MirrorNotice[] = [];
  const channels = async () => (await redis.client.pubsub('CHANNELS', 'headwater:*')) as string[];
  const leave = await web.subscribe('mirror-1', () => undefined);
  await until(async () => (await channels()).join() === 'headwater:mirror:mirror-1');
  leave();
  await until(async () => (await channels()).length === 0);
  await web.subscribe('mirror-1', (notice) => seen.push(notice));
  await arrives(worker, seen, started('a'));
});

it('goes on when a listener raises, and ignores what is no notice', async () => {
  const [worker, web] = [await open(), await open()];
  const seen: MirrorNotice[] = [];
  await web.subscribe('mirror-1', () => {
    throw new Error('on purpose');
  });
  await web.subscribe('mirror-1', (notice) => seen.push(notice));
  for (const text of ['no json', 'null', '7', '{}']) await redis.client.publish('headwater:mirror:mirror-1', text);
  await arrives(worker, seen, started('a'));
  expect(new Set(seen.map((notice) => notice.type))).toEqual(new Set(['run.started']));
});

it('drops notices while Redis is gone, raises nothing, and goes on when it is back', async () => {
  const [worker, web] = [await open(), await open()];
  const seen: MirrorNotice[] = [];
  await web.subscribe('mirror-1', (notice) => seen.push(notice));
  await arrives(worker, seen, started('a'));
  await redis.kill();
  const began = performance.now();
  for (let times = 0; times < 10_000; times += 1) worker.publish('mirror-1', progressed);
  expect(performance.now() - began).toBeLessThan(5_000);
  const late: MirrorNotice[] = [];
  await web.subscribe('mirror-1', (notice) => late.push(notice));
  expect(performance.now() - began).toBeLessThan(15_000);
  await redis.start();
  await arrives(worker, seen, started('b'));
  expect(late).toContainEqual(started('b'));
});

it('opens and closes while Redis is gone', async () => {
  await redis.kill();
  const notices = await open();
  notices.publish('mirror-1', progressed);
  await notices.close();
});
