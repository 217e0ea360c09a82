import request from 'supertest';
import { asAdmin, httpBench, mirrorPath, upstreamUrl } from './http-bench';

it('NET-03: the mirror tells until when its upstream’s host wants to be left alone', async () => {
  const { app, store, queue } = httpBench();
  await request(app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
  const shown = async () => (await request(app).get(mirrorPath).set(asAdmin)).body.upstream_blocked_until as unknown;
  expect(await shown()).toBeNull();
  const until = Date.now() + 3_600_000;
  await store.transaction((tx) => tx.blockHost('upstream.example', until));
  expect(await shown()).toBe(new Date(until).toISOString());
  queue.lose();
  const asked = await request(app).post(mirrorPath).set(asAdmin).send({});
  expect([asked.status, asked.body.status, queue.waiting]).toEqual([202, 'queued', []]);
});
