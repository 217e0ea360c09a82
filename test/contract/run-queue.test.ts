import { openRunQueue } from '../../src/adapters/redis/run-queue';
import type { RunJob, RunQueue } from '../../src/ports/run-queue';
import { MemoryLogger } from '../fakes/memory-logger';
import { MemoryQueue } from '../fakes/memory-queue';
import { startRedis, type TestRedis } from '../support/redis';
import { until } from '../support/until';

const job = (id: string): RunJob => ({ runId: id, mirrorId: `mirror-of-${id}` });

/** The same promises, kept by the fake and by Bull. */
function suite(name: string, open: () => Promise<RunQueue>): void {
  describe(name, () => {
    let queue: RunQueue;
    beforeEach(async () => {
      queue = await open();
    });
    afterEach(() => queue.close());

    it('delivers a job with its ids', async () => {
      const seen: RunJob[] = [];
      await queue.ensure(job('a'), 'manual');
      queue.work(async (delivered) => void seen.push(delivered), 1);
      await until(() => seen.length === 1);
      expect(seen).toEqual([job('a')]);
    });

    it('delivers manual runs before those of the clock, each in the order in which they came', async () => {
      for (const id of ['clock-1', 'clock-2', 'clock-3']) await queue.ensure(job(id), 'clock');
      for (const id of ['manual-1', 'manual-2']) await queue.ensure(job(id), 'manual');
      const seen: string[] = [];
      queue.work(async ({ runId }) => void seen.push(runId), 1);
      await until(() => seen.length === 5);
      expect(seen).toEqual(['manual-1', 'manual-2', 'clock-1', 'clock-2', 'clock-3']);
    });

    it('delivers once what was asked for many times while it waited or was being worked on', async () => {
      const seen: string[] = [];
      let finish: () => void = () => undefined;
      const finished = new Promise<void>((resolve) => (finish = resolve));
      await Promise.all([1, 2, 3].map(() => queue.ensure(job('a'), 'clock')));
      queue.work(async ({ runId }) => {
        seen.push(runId);
        if (runId === 'a') await finished;
      }, 2);
      await until(() => seen.length === 1);
      await queue.ensure(job('a'), 'manual');
      await queue.ensure(job('b'), 'manual');
      await until(() => seen.includes('b'));
      finish();
      await queue.close();
      expect(seen).toEqual(['a', 'b']);
    });

    it('delivers again what is asked for after it was done', async () => {
      const seen: string[] = [];
      queue.work(async ({ runId }) => void seen.push(runId), 1);
      // Asked for over and over, since it may still be tidied up when it is asked for.
      await until(async () => {
        await queue.ensure(job('a'), 'manual');
        return seen.length >= 3;
      });
      expect(new Set(seen)).toEqual(new Set(['a']));
    });

    it('works on as many jobs at once as it was told, and no more', async () => {
      let running = 0;
      let most = 0;
      let done = 0;
      let meet: () => void = () => undefined;
      const three = new Promise<void>((resolve) => (meet = resolve));
      for (let number = 0; number < 9; number += 1) await queue.ensure(job(`job-${number}`), 'clock');
      queue.work(async () => {
        running += 1;
        most = Math.max(most, running);
        if (running === 3) meet();
        await three;
        await new Promise((resolve) => setTimeout(resolve, 50));
        running -= 1;
        done += 1;
      }, 3);
      await until(() => done === 9);
      expect(most).toBe(3);
    });

    it('closes when the work under way is done, and takes no more', async () => {
      const seen: string[] = [];
      let done = false;
      let finish: () => void = () => undefined;
      const finished = new Promise<void>((resolve) => (finish = resolve));
      await queue.ensure(job('a'), 'manual');
      await queue.ensure(job('b'), 'manual');
      queue.work(async ({ runId }) => {
        seen.push(runId);
        await finished;
        done = true;
      }, 1);
      await until(() => seen.length === 1);
      const closing = queue.close();
      setTimeout(finish, 300);
      await closing;
      expect(done).toBe(true);
      expect(seen).toEqual(['a']);
    });

    it('answers a ping', async () => {
      await expect(queue.ping()).resolves.toBeUndefined();
    });
  });
}

suite('the queue in memory', () => Promise.resolve(new MemoryQueue()));

describe('with a Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  let number = 0;
  suite('the queue on Redis', () => {
    number += 1;
    return openRunQueue({ connection: { url: redis.url }, name: `test-${number}`, logger: new MemoryLogger() });
  });
});
