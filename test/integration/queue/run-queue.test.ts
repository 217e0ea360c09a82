import { openRunQueue } from '../../../src/adapters/redis/run-queue';
import type { RunJob, RunQueue } from '../../../src/ports/run-queue';
import { MemoryLogger } from '../../fakes/memory-logger';
import { startRedis, type TestRedis } from '../../support/redis';
import { until } from '../../support/until';

/** What was under way when a connection was lost is delivered again within a minute. */
const deliveryMs = 60_000;
jest.setTimeout(120_000);
const job = (id: string): RunJob => ({ runId: id, mirrorId: `mirror-of-${id}` });
const key = (id: string) => `headwater:runs:${id}`;

let redis: TestRedis;
let opened: RunQueue[] = [];
const logger = new MemoryLogger();

const open = async (): Promise<RunQueue> => {
  const queue = await openRunQueue({ connection: { url: redis.url }, logger });
  opened.push(queue);
  return queue;
};

/** A queue with a worker that notes what it is given. */
async function openWorker(): Promise<{ queue: RunQueue; seen: string[] }> {
  const queue = await open();
  const seen: string[] = [];
  queue.work(async ({ runId }) => void seen.push(runId), 2);
  return { queue, seen };
}

/** What an admin sees of the queue's connections. */
async function connections(): Promise<string[]> {
  const lines = String(await redis.client.client('LIST')).split('\n');
  return lines.flatMap((line) => / name=headwater:(queue:\w+) .* cmd=(\S+)/.exec(line)?.slice(1, 3).join(' ') ?? []);
}

async function failsInTime(work: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  await expect(work()).rejects.toMatchObject({ code: 'queue_unavailable' });
  expect(performance.now() - started).toBeLessThan(5_000);
}

beforeEach(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  for (const queue of opened) await queue.close();
  opened = [];
  await redis.close();
});

it.each([
  ['a failed job that was kept', (id: string) => redis.client.zadd('headwater:runs:failed', 1, id)],
  ['a completed job that was kept', (id: string) => redis.client.zadd('headwater:runs:completed', 1, id)],
  ['a job in no list at all', () => Promise.resolve(0)],
])('replaces a dead entry of the same id: %s (SCHED-03)', async (_, bury) => {
  const { queue, seen } = await openWorker();
  await redis.client.hset(key('a'), { name: '__default__', data: '{}', opts: '{}', timestamp: '1' });
  await bury('a');
  await queue.ensure(job('a'), 'manual');
  await until(() => seen.length === 1);
  expect(seen).toEqual(['a']);
});

it('RES-07: leaves nothing in Redis of a job that was done', async () => {
  const { queue, seen } = await openWorker();
  await queue.ensure(job('a'), 'manual');
  await until(() => seen.length === 1);
  await until(async () => (await redis.client.exists(key('a'), `${key('a')}:lock`)) === 0);
  expect(await redis.client.zcard('headwater:runs:completed')).toBe(0);
});

it('goes on when a handler rejects although it must not', async () => {
  const queue = await open();
  let calls = 0;
  queue.work(async () => {
    calls += 1;
    throw new Error('on purpose');
  }, 1);
  await queue.ensure(job('a'), 'manual');
  await queue.ensure(job('b'), 'manual');
  await until(() => calls === 2);
  await until(async () => (await redis.client.exists(key('a'), key('b'))) === 0);
});

it('keeps waiting jobs over a kill -9 of Redis, and its worker goes on by itself', async () => {
  const queue = await open();
  await queue.ensure(job('a'), 'manual');
  await redis.kill();
  await redis.start();
  const { seen, queue: worker } = await openWorker();
  await until(() => seen.includes('a'), deliveryMs);

  await redis.kill();
  await redis.start();
  // Each comes back by itself.
  for (const each of [worker, queue])
    await until(() =>
      each.ping().then(
        () => true,
        () => false,
      ),
    );
  await queue.ensure(job('b'), 'manual');
  await until(() => seen.includes('b'), deliveryMs);
});

it('goes on after FLUSHALL, also when it comes while a job is worked on', async () => {
  const queue = await open();
  const seen: string[] = [];
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  queue.work(async ({ runId }) => {
    seen.push(runId);
    if (runId === 'a') await finished;
  }, 1);
  await queue.ensure(job('a'), 'manual');
  await until(() => seen.length === 1);
  await queue.ensure(job('lost'), 'clock');
  await redis.client.flushall();
  finish();
  await queue.ensure(job('lost'), 'clock');
  await queue.ensure(job('b'), 'manual');
  await until(() => seen.includes('b') && seen.includes('lost'), deliveryMs);
});

it('says queue_unavailable within seconds while Redis is gone or frozen, and works again', async () => {
  const { queue, seen } = await openWorker();
  await queue.ping();
  await redis.kill();
  await failsInTime(() => queue.ensure(job('a'), 'manual'));
  await failsInTime(() => queue.ping());
  await redis.start();
  await until(() =>
    queue.ping().then(
      () => true,
      () => false,
    ),
  );
  redis.freeze();
  await failsInTime(() => queue.ensure(job('b'), 'manual'));
  await failsInTime(() => queue.ping());
  redis.thaw();
  await until(() =>
    queue.ping().then(
      () => true,
      () => false,
    ),
  );
  await queue.ensure(job('c'), 'manual');
  await until(() => seen.includes('c'), deliveryMs);
});

it('opens and closes while Redis is gone, and delivers once it is there', async () => {
  await redis.kill();
  const { queue, seen } = await openWorker();
  const other = await open();
  await failsInTime(() => queue.ensure(job('a'), 'manual'));
  await other.close();
  await redis.start();
  await until(() =>
    queue.ping().then(
      () => true,
      () => false,
    ),
  );
  await queue.ensure(job('b'), 'manual');
  await until(() => seen.includes('b'), deliveryMs);
});

it('closes in good order when Redis goes away while a job is worked on', async () => {
  const queue = await open();
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let started = false;
  let done = false;
  queue.work(async () => {
    started = true;
    await finished;
    done = true;
  }, 1);
  await queue.ensure(job('a'), 'manual');
  await until(() => started);
  await redis.kill();
  const closing = queue.close();
  setTimeout(finish, 1_500);
  await closing;
  expect(done).toBe(true);
});

it('says queue_unavailable when Redis is full', async () => {
  const queue = await open();
  await redis.client.config('SET', 'maxmemory', '1');
  await failsInTime(() => queue.ensure(job('a'), 'manual'));
});

it('refuses a Redis that drops keys (SCHED-02)', async () => {
  await redis.client.config('SET', 'maxmemory-policy', 'allkeys-lru');
  await expect(open()).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('maxmemory-policy allkeys-lru'),
  });
});

it('writes one line per outage', async () => {
  await open();
  const before = logger.messages('warn').length;
  await redis.kill();
  await until(() => logger.messages('warn').length > before);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(logger.messages('warn').slice(before)).toEqual(['Redis does not answer']);
});

it.each([0, 4, 8, 12, 16, 20, 30, 500])(
  'ends for good when Redis answers nothing from %d ms after its start on',
  async (afterMs) => {
    const queue = await open();
    queue.work(async () => undefined, 1);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    redis.freeze();
    await queue.close();
    redis.thaw();
    // Bull, which goes on with its start, would have connected by then; nobody would ever close that connection.
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await connections()).toEqual([]);
  },
);

it.each([0, 300, 600])('closes %d ms after it reconnected to a Redis that answers nothing', async (afterMs) => {
  const queue = await open();
  queue.work(async () => undefined, 1);
  await queue.ping();
  await until(async () => (await connections()).includes('queue:bclient brpoplpush'));
  redis.freeze();
  await failsInTime(() => queue.ping());
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  // A fault would be that it never ends.
  await queue.close();
  redis.thaw();
});

it('works with a Redis that does not let connections be named', async () => {
  await redis.client.call('ACL', 'SETUSER', 'default', '-client|setname');
  const { queue, seen } = await openWorker();
  await queue.ensure(job('a'), 'manual');
  await until(() => seen.length === 1);
  expect(seen).toEqual(['a']);
});

it('SCHED-10: gives a job no time limit: only its handler says when it has ended, and its slot is taken until then', async () => {
  const queue = await open();
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  queue.work(({ runId }) => {
    begun.push(runId);
    return new Promise<void>((resolve) => ends.push(resolve));
  }, 1);
  await queue.ensure(job('a'), 'manual');
  await until(() => begun.length === 1);
  await queue.ensure(job('b'), 'manual');
  const options = JSON.parse((await redis.client.hget(key('a'), 'opts')) ?? '{}') as Record<string, unknown>;
  // A limit of Bull's would end the job in its books, and not the work.
  expect(options).not.toHaveProperty('timeout');
  expect(options).toMatchObject({ attempts: 1 });
  // It is busy far beyond the usual answer, and the other one waits.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect([begun, await redis.client.llen('headwater:runs:active')]).toEqual([['a'], 1]);
  ends[0]?.();
  await until(() => begun.length === 2);
  ends[1]?.();
});
