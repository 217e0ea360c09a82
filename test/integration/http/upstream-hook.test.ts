import { createHash, createHmac } from 'node:crypto';
import request from 'supertest';
import { requestSync } from '../../../src/sync/request-sync';
import { FixedClock } from '../../fakes/fixed-clock';
import { MemoryStore } from '../../fakes/memory-store';
import { asAdmin, httpBench, mirrorPath, upstreamUrl, type HttpBench } from './http-bench';

const body = Buffer.from('{ "ref": "refs/heads/main",  "ünï": "\\u00fc" }\n');
const hmac = (secret: string, bytes: Uint8Array = body) => createHmac('sha256', secret).update(bytes).digest('hex');

interface Hook {
  readonly path: string;
  readonly secret: string;
}

interface Bench extends HttpBench {
  readonly clock: FixedClock;
  readonly mirrorId: string;
  /** Makes the webhook, or rotates its secret. */
  readonly make: () => Promise<Hook>;
  readonly send: (hook: Pick<Hook, 'path'>, headers: Record<string, string>, bytes?: Buffer) => request.Test;
}

/** A mirror that ran once and rests. */
async function bench(): Promise<Bench> {
  const clock = new FixedClock();
  const made = httpBench({ store: new MemoryStore(clock) });
  const store = made.deps.store as MemoryStore;
  const created = await request(made.app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
  const mirrorId = created.body.id as string;
  await store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(mirrorId);
    if (mirror !== null) await tx.saveMirror({ ...mirror, status: 'finished', activeRunId: null });
  });
  const make = async (): Promise<Hook> => {
    const answer = await request(made.app).post(`${mirrorPath}/webhook`).set(asAdmin);
    expect(answer.status).toBe(201);
    return { path: new URL(answer.body.webhook.url).pathname, secret: answer.body.webhook.secret };
  };
  const send: Bench['send'] = ({ path }, headers, bytes = body) =>
    request(made.app)
      .post(path)
      .set({ 'content-type': 'application/json', ...headers })
      .send(bytes.toString());
  return { ...made, store, clock, mirrorId, make, send };
}

describe('a webhook of the upstream', () => {
  const signed: [string, (secret: string) => Record<string, string>][] = [
    [
      'GitHub',
      (s) => ({ 'x-github-event': 'push', 'x-hub-signature-256': `sha256=${hmac(s)}`, 'x-hub-signature': 'sha1=00' }),
    ],
    ['GitLab', (s) => ({ 'x-gitlab-event': 'Tag Push Hook', 'x-gitlab-token': s })],
    [
      'Gitea',
      (s) => ({ 'x-gitea-event': 'push', 'x-gitea-signature': hmac(s), 'x-hub-signature-256': `sha256=${hmac(s)}` }),
    ],
    ['Forgejo', (s) => ({ 'x-forgejo-event': 'push', 'x-forgejo-signature': hmac(s), 'x-gitea-signature': hmac(s) })],
    ['Bitbucket', (s) => ({ 'x-event-key': 'repo:push', 'x-hub-signature': `sha256=${hmac(s)}` })],
    ['a script with a bearer token', (s) => ({ authorization: `Bearer ${s}` })],
    ['a script with a header', (s) => ({ 'x-headwater-token': s })],
  ];
  it.each(signed)('takes what %s sends', async (_, headersOf) => {
    const { make, send, hookTimers, mirrorId } = await bench();
    const hook = await make();
    const answer = await send(hook, headersOf(hook.secret));
    expect([answer.status, answer.body]).toEqual([202, { status: 'accepted' }]);
    expect(hookTimers).toEqual([{ mirrorId, delayMs: 2000 }]);
  });

  const forged: [string, (secret: string) => Record<string, string>, Buffer?][] = [
    ['no signature', () => ({ 'x-github-event': 'push' })],
    ['an empty signature', () => ({ 'x-hub-signature-256': '' })],
    ['an empty token', () => ({ 'x-gitlab-token': '' })],
    ['a wrong secret', () => ({ 'x-hub-signature-256': `sha256=${hmac('wrong')}` })],
    ['a signature by no secret at all', () => ({ 'x-hub-signature-256': `sha256=${hmac('')}` })],
    ['a signature without its prefix', (s) => ({ 'x-hub-signature-256': hmac(s) })],
    ['a prefix where none belongs', (s) => ({ 'x-gitea-signature': `sha256=${hmac(s)}` })],
    ['upper-case digits', (s) => ({ 'x-gitea-signature': hmac(s).toUpperCase() })],
    ['a signature that is a byte short', (s) => ({ 'x-gitea-signature': hmac(s).slice(0, -2) })],
    ['a signature with more behind it', (s) => ({ 'x-gitea-signature': `${hmac(s)}00` })],
    ['one good and one bad signature', (s) => ({ 'x-forgejo-signature': hmac(s), 'x-gitea-signature': hmac('x') })],
    ['a good token beside a bad signature', (s) => ({ 'x-gitlab-token': s, 'x-gitea-signature': hmac('x') })],
    ['SHA-1 alone', (s) => ({ 'x-hub-signature': `sha1=${createHmac('sha1', s).update(body).digest('hex')}` })],
    ['a changed byte', (s) => ({ 'x-gitea-signature': hmac(s) }), Buffer.from(body.toString().replace('main', 'maim'))],
    [
      'JSON that was written anew',
      (s) => ({ 'x-gitea-signature': hmac(s) }),
      Buffer.from(JSON.stringify(JSON.parse(body.toString()))),
    ],
    ['a token that is a byte short', (s) => ({ 'x-gitlab-token': s.slice(0, -1) })],
    ['a digest in place of the token', (s) => ({ 'x-gitlab-token': createHash('sha256').update(s).digest('hex') })],
  ];
  it.each(forged)('refuses %s, and queues nothing (WH-01)', async (_, headersOf, bytes = body) => {
    const { make, send, hookTimers, store, mirrorId } = await bench();
    const hook = await make();
    const answer = await send(hook, headersOf(hook.secret), bytes);
    expect([answer.status, answer.body.code]).toEqual([401, 'delivery_refused']);
    expect(hookTimers).toEqual([]);
    expect((await store.mirror(mirrorId))?.hook).toMatchObject({ dueAt: null, lastDeliveryAt: null });
  });

  it('answers an address that does not exist like a wrong signature, and the id of a mirror is no address (WH-01)', async () => {
    const { make, send, mirrorId } = await bench();
    const hook = await make();
    const headers = { 'x-gitea-signature': hmac(hook.secret) };
    const wrong = await send(hook, { 'x-gitea-signature': hmac('wrong') });
    for (const id of ['nowhere', mirrorId, 'x'.repeat(500), '..%2f..']) {
      const answer = await send({ path: `/hooks/upstream/${id}` }, headers);
      expect([answer.status, answer.body]).toEqual([wrong.status, wrong.body]);
    }
  });

  it('refuses everything when there is no webhook, or none any more (WH-01)', async () => {
    const { app, make, send } = await bench();
    const hook = await make();
    expect((await request(app).delete(`${mirrorPath}/webhook`).set(asAdmin)).status).toBe(204);
    expect((await send(hook, { 'x-gitea-signature': hmac(hook.secret) })).status).toBe(401);
    expect((await request(app).delete(`${mirrorPath}/webhook`).set(asAdmin)).status).toBe(204);
  });

  it('does not take the secret of another mirror (WH-01)', async () => {
    const { app, forge, make, send } = await bench();
    const hook = await make();
    forge.addProject({ name: 'other' });
    const otherPath = mirrorPath.replace('project', 'other');
    await request(app).put(otherPath).set(asAdmin).send({ url: upstreamUrl });
    const other = await request(app).post(`${otherPath}/webhook`).set(asAdmin);
    expect((await send(hook, { 'x-gitlab-token': other.body.webhook.secret })).status).toBe(401);
  });

  it('a delivery that is sent again asks for nothing more; a flood asks for one run at most (WH-02)', async () => {
    const { clock, deps, make, send, store, mirrorId, queue } = await bench();
    const hook = await make();
    const delivery = (id: string) => ({ 'x-gitea-signature': hmac(hook.secret), 'x-gitea-delivery': id });
    const looked = () =>
      store.transaction(async (tx) => {
        const mirror = await tx.lockMirror(mirrorId);
        if (mirror?.hook != null)
          await tx.saveMirror({ ...mirror, hook: { ...mirror.hook, dueAt: null, lastAskedAt: await tx.now() } });
      });
    await send(hook, delivery('first'));
    await looked();
    for (const wait of [1, 60_000, 24 * 3_600_000]) {
      clock.advance(wait);
      expect((await send(hook, delivery('first'))).status).toBe(202);
      expect((await store.mirror(mirrorId))?.hook?.dueAt).toBeNull();
    }
    // The name is not signed, so a replay may have another one; then it costs one more look, and no second one in time.
    const replays = await Promise.all(Array.from({ length: 200 }, (_, at) => send(hook, delivery(`replay-${at}`))));
    expect(replays.every(({ status }) => status === 202)).toBe(true);
    const due = (await store.mirror(mirrorId))?.hook?.dueAt;
    expect(due).toBe(clock.now() + 2000);
    await looked();
    await send(hook, delivery('yet another'));
    expect((await store.mirror(mirrorId))?.hook?.dueAt).toBe(clock.now() + deps.hookPolicy.intervalMs);
    expect(queue.ensured.length).toBe(1);
  });

  it('takes the old secret and the new one until the new one was used (WH-03)', async () => {
    const { app, make, send } = await bench();
    const first = await make();
    const second = await make();
    expect(second.path).toBe(first.path);
    expect(second.secret).not.toBe(first.secret);
    const sent = async (hook: Hook) =>
      (await send(hook, { 'x-hub-signature-256': `sha256=${hmac(hook.secret)}` })).status;
    const shown = async () =>
      (await request(app).get(mirrorPath).set(asAdmin)).body.webhook.previous_secret_valid as boolean;
    expect([await sent(first), await shown()]).toEqual([202, true]);
    expect([await sent(second), await shown()]).toEqual([202, false]);
    expect(await sent(first)).toBe(401);
    expect(await sent(second)).toBe(202);
  });

  it('keeps what is used when a new secret is made twice (WH-03)', async () => {
    const { make, send } = await bench();
    const [used, never, latest] = [await make(), await make(), await make()];
    const sent = async (hook: Hook) => (await send(hook, { 'x-gitlab-token': hook.secret })).status;
    expect([await sent(never), await sent(used), await sent(latest), await sent(used)]).toEqual([401, 202, 202, 401]);
  });

  it('refuses more than a megabyte, whether it is announced or not (WH-04)', async () => {
    const { app, make, send } = await bench();
    const hook = await make();
    const large = Buffer.alloc(1024 * 1024 + 1, 'x');
    const answer = await send(hook, { 'x-gitea-signature': hmac(hook.secret, large) }, large);
    expect([answer.status, answer.body.code]).toEqual([413, 'body_too_large']);
    const unannounced = request(app).post(hook.path).set('x-headwater-token', hook.secret);
    unannounced.set('Transfer-Encoding', 'chunked').write(large.toString());
    expect((await unannounced).status).toBe(413);
    const fits = large.subarray(1);
    expect((await send(hook, { 'x-gitea-signature': hmac(hook.secret, fits) }, fits)).status).toBe(202);
  });

  it('writes a flood down once (WH-04)', async () => {
    const { make, send, store, hookTimers } = await bench();
    const hook = await make();
    let written = 0;
    const transaction = store.transaction.bind(store);
    store.transaction = (work) => {
      written += 1;
      return transaction(work);
    };
    await send(hook, { 'x-gitlab-token': hook.secret });
    const flood = Array.from({ length: 300 }, () => send(hook, { 'x-gitlab-token': hook.secret }));
    expect((await Promise.all(flood)).every(({ status }) => status === 202)).toBe(true);
    expect([written, hookTimers.length]).toEqual([1, 1]);
  });

  it('does not parse what it is sent (WH-04)', async () => {
    const { make, send } = await bench();
    const hook = await make();
    for (const bytes of [Buffer.from('[['.repeat(200_000)), Buffer.from('not json'), Buffer.from('payload=%7B%7D')])
      expect((await send(hook, { 'x-gitea-signature': hmac(hook.secret, bytes) }, bytes)).status).toBe(202);
  });

  it('answers a request without a body', async () => {
    const { app, make } = await bench();
    const hook = await make();
    expect((await request(app).post(hook.path).set('x-headwater-token', hook.secret)).status).toBe(202);
    expect((await request(app).get(hook.path)).status).toBe(404);
  });

  it.each([
    [{ 'x-github-event': 'ping' }, 'pong'],
    [{ 'x-event-key': 'diagnostics:ping' }, 'pong'],
    [{ 'x-gitea-event': 'issues', 'x-github-event': 'issues' }, 'ignored'],
  ])('answers %j and looks at nothing', async (headers, status) => {
    const { app, make, send, hookTimers } = await bench();
    const hook = await make();
    const answer = await send(hook, { ...headers, 'x-gitea-signature': hmac(hook.secret) });
    expect([answer.status, answer.body, hookTimers]).toEqual([202, { status }, []]);
    expect((await request(app).get(mirrorPath).set(asAdmin)).body.webhook.last_delivery_at).toBe(
      '2026-01-01T00:00:00.000Z',
    );
  });

  it('is told once with its secret, and afterwards without', async () => {
    const { app, make, send, log, mirrorId } = await bench();
    const before = await request(app).get(mirrorPath).set(asAdmin);
    expect(before.body.webhook).toMatchObject({ url: null, has_secret: false, last_delivery_at: null, setup: [] });
    const hook = await make();
    await send(hook, { 'x-gitlab-token': hook.secret });
    const shown = await request(app).get(mirrorPath).set(asAdmin);
    expect(shown.body.webhook).toMatchObject({
      url: `https://headwater.example${hook.path}`,
      has_secret: true,
      previous_secret_valid: false,
      last_delivery_at: '2026-01-01T00:00:00.000Z',
    });
    expect((shown.body.webhook.setup as { forge: string }[]).map(({ forge }) => forge)).toContain('forgejo');
    expect(hook.path).not.toContain(mirrorId);
    expect(shown.text + log()).not.toContain(hook.secret);
  });

  it('does not lose what is delivered while the mirror is paused, and wakes it by nothing', async () => {
    const { app, make, send, store, mirrorId, queue } = await bench();
    const hook = await make();
    await request(app).post(`${mirrorPath}/pause`).set(asAdmin).send({});
    expect((await send(hook, { 'x-gitlab-token': hook.secret })).status).toBe(202);
    expect(await store.mirror(mirrorId)).toMatchObject({ pause: { reason: 'person' }, activeRunId: null });
    expect((await store.mirror(mirrorId))?.hook?.dueAt).not.toBeNull();
    expect(queue.ensured.length).toBe(1);
  });

  it('"Update now" and a delivery together are one run', async () => {
    const { deps, make, send, store, mirrorId, clock } = await bench();
    const hook = await make();
    const { run } = await requestSync(deps, mirrorId, 'manual');
    await send(hook, { 'x-gitlab-token': hook.secret });
    clock.advance(60_000);
    expect((await store.dueHooks(clock.now(), 10)).length).toBe(0);
    expect((await store.mirror(mirrorId))?.activeRunId).toBe(run.id);
  });
});
