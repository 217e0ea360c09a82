import request from 'supertest';
import { asAdmin, httpBench, mirrorPath, upstreamUrl } from './http-bench';

const url = 'https://receiver.example/hook?key=1';

describe('whom a mirror tells, in the API', () => {
  const bench = async () => {
    const made = httpBench();
    const put = (body: object) => request(made.app).put(mirrorPath).set(asAdmin).send(body);
    await put({ url: upstreamUrl });
    return { ...made, put, rotate: () => request(made.app).post(`${mirrorPath}/notify_secret`).set(asAdmin) };
  };

  it('is nobody at first', async () => {
    const { app } = await bench();
    expect((await request(app).get(mirrorPath).set(asAdmin)).body).toMatchObject({
      ...{ notify_issue: false, notify_url: null, has_notify_secret: false },
      ...{ notify_last_delivery: null, notify_last_issue: null },
    });
  });

  it('gets a secret with its first address, shown once, and starts no run', async () => {
    const { app, put, queue, log } = await bench();
    const named = await put({ notify_url: url, notify_issue: true });
    expect(named.body).toMatchObject({ notify_url: url, notify_issue: true, has_notify_secret: true });
    expect(named.body.notify_secret).toMatch(/^whsec_/);
    const shown = await request(app).get(mirrorPath).set(asAdmin);
    const again = await put({ notify_url: `${url}2` });
    expect(shown.text + again.text + log()).not.toContain(named.body.notify_secret);
    expect(again.body).not.toHaveProperty('notify_secret');
    expect(queue.ensured.length).toBe(1);
  });

  it('gets a new secret by a call of its own', async () => {
    const { put, rotate } = await bench();
    expect([(await rotate()).status, (await rotate()).body.errors[0].field]).toEqual([400, 'notify_url']);
    const first = await put({ notify_url: url });
    const second = await rotate();
    expect([second.status, second.body.notify_secret]).toEqual([201, expect.stringMatching(/^whsec_/)]);
    expect(second.body.notify_secret).not.toBe(first.body.notify_secret);
  });

  it('ends with an empty address, which forgets the secret', async () => {
    const { put } = await bench();
    await put({ notify_url: url });
    expect((await put({ notify_url: null })).body).toMatchObject({ notify_url: null, has_notify_secret: false });
    expect((await put({ notify_url: url })).body.notify_secret).toMatch(/^whsec_/);
  });

  it.each([
    ['ftp://receiver.example/'],
    ['receiver.example/hook'],
    ['https://user:password@receiver.example/'],
    ['http://127.0.0.1:8080/hook'],
    ['http://0x7f000001/'],
    ['http:// receiver.example/'],
    ['https://'],
    [`https://receiver.example/${'x'.repeat(2001)}`],
  ])('refuses %s by the rules for upstreams (SSRF-01)', async (address) => {
    const { put } = await bench();
    const answer = await put({ notify_url: address });
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, 'notify_url']);
    expect(answer.text).not.toContain('password@');
  });
});
