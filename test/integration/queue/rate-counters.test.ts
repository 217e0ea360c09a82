import { openRedisCounters } from '../../../src/adapters/redis/redis-counters';
import type { RateCounter, RateCounters } from '../../../src/ports/rate-counters';
import { MemoryLogger } from '../../fakes/memory-logger';
import { startRedis, type TestRedis } from '../../support/redis';
import { until } from '../../support/until';

let redis: TestRedis;
let opened: RateCounters[] = [];
const open = (): RateCounters => {
  const counters = openRedisCounters({ connection: { url: redis.url }, logger: new MemoryLogger() });
  opened.push(counters);
  return counters;
};

/** The connection is made meanwhile. */
async function counted(counter: RateCounter, key: string): Promise<number> {
  for (let tries = 0; ; tries += 1) {
    try {
      return (await counter.increment(key)).totalHits;
    } catch (thrown) {
      if (tries > 100) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function whyNot(counter: RateCounter): Promise<string> {
  try {
    await counter.increment('key');
    return '';
  } catch (thrown) {
    return String((thrown as Error).cause);
  }
}

beforeEach(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  for (const counters of opened) await counters.close();
  opened = [];
  await redis.close();
});

describe('counts in Redis', () => {
  it('are shared by processes, kept apart by name, and begin anew after the window', async () => {
    const [one, other] = [open().counter('a', 60_000), open().counter('a', 60_000)];
    expect(await counted(one, 'key')).toBe(1);
    expect(await counted(other, 'key')).toBe(2);
    expect(await counted(open().counter('b', 60_000), 'key')).toBe(1);
    await one.decrement('key');
    expect(await counted(other, 'key')).toBe(2);
    const { resetTime } = await one.increment('key');
    expect(resetTime.getTime() - Date.now()).toBeGreaterThan(30_000);
    const short = open().counter('short', 100);
    expect(await counted(short, 'key')).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await counted(short, 'key')).toBe(1);
  });

  it('fail at once while Redis is away, and heal when it is there', async () => {
    await redis.kill();
    const counter = open().counter('a', 60_000);
    const began = performance.now();
    await expect(counter.increment('key')).rejects.toMatchObject({ code: 'queue_unavailable' });
    expect(performance.now() - began).toBeLessThan(1_000);
    await redis.start();
    expect(await counted(counter, 'key')).toBe(1);
  });

  // The library loads two scripts at once; a rejection that nobody heard would fail this test, and end the process.
  it.each([
    ['SCRIPT', '-script', '+script'],
    ['EVALSHA', '-evalsha', '+evalsha'],
  ])('fail while Redis refuses %s, and heal when it does not', async (_, refuse, allow) => {
    const counter = open().counter('a', 60_000);
    await redis.client.acl('SETUSER', 'default', refuse);
    await until(async () => /NOPERM/.test(await whyNot(counter)));
    await redis.client.acl('SETUSER', 'default', allow);
    expect(await counted(counter, 'key')).toBe(1);
  });

  it('fail when Redis goes away or is silent while the scripts load, and heal', async () => {
    const counters = open();
    await counted(counters.counter('first', 60_000), 'key');
    for (const [leave, comeBack] of [
      [() => redis.kill(), () => redis.start()],
      [() => Promise.resolve(redis.freeze()), () => Promise.resolve(redis.thaw())],
    ] as const) {
      const fresh = Array.from({ length: 20 }, (_, at) => counters.counter(`fresh ${at}`, 60_000));
      const counts = Promise.allSettled(fresh.map((counter) => counter.increment('key')));
      await leave();
      for (const count of await counts)
        if (count.status === 'rejected') expect(count.reason).toMatchObject({ code: 'queue_unavailable' });
      await comeBack();
      await Promise.all(fresh.map((counter) => counted(counter, 'again')));
    }
  });
});
