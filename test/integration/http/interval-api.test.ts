import request from 'supertest';
import { asAdmin, httpBench, mirrorPath, upstreamUrl } from './http-bench';

describe('the interval in the API', () => {
  const bench = async () => {
    const made = httpBench();
    const put = (body: object) => request(made.app).put(mirrorPath).set(asAdmin).send(body);
    await put({ url: upstreamUrl });
    return { ...made, put };
  };

  it.each([
    ['1h', '1h'],
    ['8h0m0s', '8h'],
    ['PT90M', '1h30m'],
    ['adaptive', 'adaptive'],
    ['', null],
    [null, null],
  ])('takes %j and shows it as %j', async (interval, shown) => {
    const { app, put } = await bench();
    const answer = await put({ interval });
    expect([answer.status, answer.body.interval]).toEqual([200, shown]);
    expect((await request(app).get(mirrorPath).set(asAdmin)).body.interval).toBe(shown);
  });

  it('is a change of the schedule alone: no run starts', async () => {
    const { put, queue } = await bench();
    queue.lose();
    const before = (await put({})).body;
    const after = (await put({ interval: '2d' })).body;
    expect(queue.waiting).toEqual([]);
    expect(after).toEqual({ ...before, interval: '2d', next_update_at: '2026-01-03T00:00:00.000Z' });
  });

  it('WH-08: refuses hostile values with the reason, and changes nothing', async () => {
    const { app, put } = await bench();
    const before = (await request(app).get(mirrorPath).set(asAdmin)).body;
    const hostile = ['* * * * * *', '@every 1s', '0', '0s', '1s', '-1h', '9007199254740993s', '999999d', 'P1M', 'NaN'];
    hostile.push('Europe/Berlin', '6h; DROP TABLE mirrors', '٦h', '6h\u0000', '6h'.repeat(5000));
    for (const interval of [...hostile, 0, -1, 2 ** 53, 1.5, true, {}, [], ['6h']]) {
      const answer = await put({ interval });
      expect([interval, answer.status, answer.body.code]).toEqual([interval, 400, 'input_invalid']);
      expect(answer.body.errors).toEqual([{ field: 'interval', message: expect.stringMatching(/./) }]);
    }
    expect((await put({ interval: '9m' })).body.errors[0].message).toBe('must be from 10m to 7d');
    expect((await put({ mirror_branch_regex: 'a'.repeat(10_240) })).status).toBe(400);
    expect((await request(app).get(mirrorPath).set(asAdmin)).body).toEqual(before);
  });
});
