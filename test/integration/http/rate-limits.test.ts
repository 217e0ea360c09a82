import request from 'supertest';
import { HeadwaterError } from '../../../src/domain/errors';
import type { ManualBudget } from '../../../src/domain/manual-budget';
import type { RateCounters } from '../../../src/ports/rate-counters';
import { FixedClock } from '../../fakes/fixed-clock';
import { asAdmin, httpBench, mirrorPath, upstreamUrl } from './http-bench';

const codes = async (count: number, send: (index: number) => request.Test): Promise<number[]> => {
  const statuses: number[] = [];
  for (let index = 0; index < count; index += 1) statuses.push((await send(index)).status);
  return statuses;
};

describe('rate limits', () => {
  it('count by token, tell the limit in RateLimit headers, and say when to come back', async () => {
    const { app, forge } = httpBench({ requestsPerMinute: 3 });
    forge.addToken('other', 'admin');
    const first = await request(app).get(mirrorPath).set(asAdmin);
    expect(first.headers['ratelimit-policy']).toMatch(/^"requests"; q=3; w=60; pk=:[\w=+/]+:$/);
    expect(first.headers['ratelimit']).toMatch(/^"requests"; r=2; t=\d+$/);
    expect(await codes(2, () => request(app).get(mirrorPath).set(asAdmin))).toEqual([404, 404]);
    const late = await request(app).get(mirrorPath).set(asAdmin);
    expect([late.status, late.body.code]).toEqual([429, 'too_many_requests']);
    expect(Number(late.headers['retry-after'])).toBeGreaterThan(0);
    expect(late.body.message).toContain('Too many');
    expect((await request(app).get(mirrorPath).set({ Authorization: 'token other' })).status).toBe(404);
    expect((await request(app).get('/healthz')).status).toBe(200);
  });

  it('count by address who was refused, whatever token was tried, and those who are signed in rightly never', async () => {
    const { app, forge } = httpBench({ refusedPerMinute: 5 });
    const guess = (index: number) =>
      request(app)
        .get(mirrorPath)
        .set({ Authorization: `token guess${index}`, 'X-Forwarded-For': '192.0.2.1' });
    expect(await codes(20, () => request(app).get(mirrorPath).set(asAdmin))).toEqual(Array(20).fill(404));
    expect(await codes(7, guess)).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect(forge.asked.filter((asked) => asked.startsWith('rights'))).toHaveLength(25);
    expect((await request(app).get(mirrorPath).set({ 'X-Forwarded-For': '192.0.2.2' })).status).toBe(401);
  });

  it('let everybody in while what counts is away', async () => {
    const away = (): Promise<never> => Promise.reject(new HeadwaterError('queue_unavailable'));
    const rateCounters: RateCounters = {
      counter: () => ({ increment: away, decrement: away, resetKey: away }),
      close: async () => undefined,
    };
    const { app } = httpBench({ rateCounters, requestsPerMinute: 1, refusedPerMinute: 1 });
    expect(await codes(3, () => request(app).get(mirrorPath).set(asAdmin))).toEqual([404, 404, 404]);
  });
});

describe('"Update now" again and again (WH-07)', () => {
  async function benchWith(budget: ManualBudget) {
    const bench = httpBench({ policy: { ...httpBench().deps.policy, ...budget } });
    await request(bench.app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    const done = () =>
      bench.store.transaction(async (tx) => {
        const [mirror] = (await tx.mirrors({ page: 1, limit: 1 })).items;
        if (mirror !== undefined) await tx.saveMirror({ ...mirror, activeRunId: null, status: 'finished' });
      });
    const ask = () => request(bench.app).post(mirrorPath).set(asAdmin);
    await done();
    return { bench, done, ask, clock: bench.store.clock as FixedClock };
  }

  it('starts one in five minutes after some that brought nothing, as GitLab does', async () => {
    const { done, ask, clock } = await benchWith({ manualRunsPerMinute: 3, manualIntervalMs: 300_000 });
    for (let tries = 3; tries > 0; tries -= 1) {
      expect((await ask()).status).toBe(202);
      await done();
    }
    const refused = await ask();
    expect([refused.status, refused.body.code, refused.headers['retry-after']]).toEqual([
      429,
      'too_many_requests',
      '300',
    ]);
    clock.advance(299_000);
    expect((await ask()).status).toBe(429);
    clock.advance(1_000);
    expect((await ask()).status).toBe(202);
    await done();
    expect((await ask()).status).toBe(429);
  });

  it('starts so many runs a minute; one that is under way is told as often as it is asked for', async () => {
    const { bench, done, ask } = await benchWith({ manualRunsPerMinute: 3 });
    expect(await codes(5, ask)).toEqual([202, 202, 202, 202, 202]);
    for (let left = 2; left > 0; left -= 1) {
      await done();
      expect((await ask()).status).toBe(202);
    }
    await done();
    const refused = await ask();
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests']);
    expect(Number(refused.headers['retry-after'])).toBe(60);
    (bench.store.clock as FixedClock).advance(60_000);
    expect((await ask()).status).toBe(202);
  });
});
