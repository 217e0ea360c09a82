import request from 'supertest';
import type { AuditEntry } from '../../../src/domain/audit';
import type { FixedClock } from '../../fakes/fixed-clock';
import { canaryPassword, canaryToken, httpBench, mirrorPath, upstreamUrl, type HttpBench } from './http-bench';

const auditPath = '/api/v1/repos/owner/project/mirror/audit';
const asAdmin = { Authorization: `token ${canaryToken}`, 'X-Forwarded-For': '192.0.2.9' };

async function actions(bench: HttpBench): Promise<{ action: string; details: Record<string, unknown> }[]> {
  const { body } = await request(bench.app).get(auditPath).set(asAdmin);
  return (body as AuditEntry[]).map(({ action, details }) => ({ action, details })).reverse();
}

/** Entries of the same moment have no order. */
function wait(bench: HttpBench): void {
  (bench.store.clock as FixedClock).advance(1000);
}

const names = async (bench: HttpBench) => (await actions(bench)).map(({ action }) => action);

describe('the audit log', () => {
  it('tells who created the mirror, when, how and from where', async () => {
    const bench = httpBench();
    await request(bench.app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    const { body, headers } = await request(bench.app).get(auditPath).set(asAdmin);
    expect(headers['x-total-count']).toBe('1');
    expect(body).toEqual([
      {
        id: expect.any(String),
        at: new Date(bench.store.clock.now()).toISOString(),
        who: 'admin-person',
        via: 'token',
        from: '192.0.2.9',
        action: 'mirror.created',
        project: 'owner/project',
        details: { url: upstreamUrl },
      },
    ]);
  });

  it('tells of whom a mirror tells and of webhook secrets, without what is secret (WH-03)', async () => {
    const bench = httpBench();
    const send = (method: 'put' | 'post' | 'delete', path: string, body?: object) => {
      wait(bench);
      return request(bench.app)[method](`${mirrorPath}${path}`).set(asAdmin).send(body);
    };
    await send('put', '', { url: upstreamUrl });
    const made = await send('post', '/webhook');
    await send('post', '/webhook');
    await send('delete', '/webhook');
    await send('put', '', { notify_url: 'https://receiver.example/hook?key=canary', notify_issue: true });
    wait(bench);
    await request(bench.app).post(new URL(made.body.webhook.url).pathname).set('x-gitlab-token', 'wrong');
    const told = (await actions(bench)).slice(1);
    expect(told.slice(0, 3)).toEqual([
      { action: 'secret.replaced', details: { secret: 'upstream_hook' } },
      { action: 'secret.replaced', details: { secret: 'upstream_hook' } },
      { action: 'secret.removed', details: { secret: 'upstream_hook' } },
    ]);
    expect(told.slice(3)).toEqual(
      expect.arrayContaining([
        {
          action: 'mirror.changed',
          details: { notify_url_before: null, notify_url: 'https://receiver.example/hook', notify_issue: true },
        },
        { action: 'secret.replaced', details: { secret: 'notify' } },
      ]),
    );
    expect(told.length).toBe(5);
  });

  it('tells what was changed, from what to what, and of a secret only that it was replaced', async () => {
    const bench = httpBench();
    const put = (body: object) => {
      wait(bench);
      return request(bench.app).put(mirrorPath).set(asAdmin).send(body);
    };
    await put({ url: upstreamUrl, auth_user: 'reader', auth_password: canaryPassword });
    await put({ tags: 'none', divergence: 'overwrite' });
    await put({ auth_password: 'another-canary-55' });
    await put({ auth_password: null });
    await put({ enabled: false });
    const told = (await actions(bench)).slice(1);
    expect(told).toEqual([
      {
        action: 'mirror.changed',
        details: { tags: 'none', tags_before: 'all', divergence: 'overwrite', divergence_before: 'keep' },
      },
      { action: 'secret.replaced', details: { secret: 'password' } },
      { action: 'secret.removed', details: { secret: 'password' } },
      { action: 'mirror.changed', details: { enabled: false, enabled_before: true } },
    ]);
    expect(JSON.stringify(await bench.store.auditEntries({}, { page: 1, limit: 100 }))).not.toMatch(/canary/);
  });

  it('tells runs and plans that somebody asked for, pauses, resumptions, and the end', async () => {
    const bench = httpBench();
    await request(bench.app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    for (const verb of ['pause', 'plan', 'resume']) {
      wait(bench);
      await request(bench.app).post(`${mirrorPath}/${verb}`).set(asAdmin);
    }
    wait(bench);
    await request(bench.app).delete(mirrorPath).set(asAdmin);
    const told = await names(bench);
    expect(told.slice(0, 3)).toEqual(['mirror.created', 'mirror.paused', 'plan.requested']);
    expect(told.slice(3, 5).sort()).toEqual(['mirror.resumed', 'run.requested']);
    expect(told.slice(5)).toEqual(['mirror.deleted']);
  });

  it('writes nothing for what was refused or changed nothing', async () => {
    const bench = httpBench();
    await request(bench.app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    await request(bench.app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    await request(bench.app).put(mirrorPath).set(asAdmin).send({ url: 'file:///etc' });
    await request(bench.app).get(mirrorPath).set(asAdmin);
    expect(await names(bench)).toEqual(['mirror.created']);
  });

  it('keeps both or neither, the change and its entry', async () => {
    const bench = httpBench();
    await request(bench.app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    const { transaction } = bench.store;
    jest
      .spyOn(bench.store, 'transaction')
      .mockImplementation((work) =>
        transaction.call(bench.store, (tx) =>
          work({ ...tx, insertAuditEntry: () => Promise.reject(new Error('disk')) }),
        ),
      );
    expect((await request(bench.app).put(mirrorPath).set(asAdmin).send({ tags: 'none' })).status).toBe(500);
    jest.restoreAllMocks();
    expect((await request(bench.app).get(mirrorPath).set(asAdmin)).body.tags).toBe('all');
  });

  it('is told page by page, and to site admins for all projects', async () => {
    const bench = httpBench();
    bench.forge.addProject({ id: 2, name: 'other' });
    bench.forge.addToken('site', 'site admin', ['read:admin']);
    bench.forge.addToken('narrow site', 'site admin', ['read:user']);
    for (const name of ['project', 'other']) {
      const path = mirrorPath.replace('project', name);
      await request(bench.app).put(path).set(asAdmin).send({ url: upstreamUrl });
    }
    const asSite = { Authorization: 'token site' };
    const all = await request(bench.app).get('/api/v1/admin/audit').query({ limit: 1 }).set(asSite);
    expect(all.headers['x-total-count']).toBe('2');
    expect(all.headers['link']).toContain('<https://headwater.example/api/v1/admin/audit?page=2&limit=1>; rel="next"');
    expect((all.body as AuditEntry[]).map(({ project }) => project)).toHaveLength(1);
    const own = await request(bench.app).get(auditPath).set(asAdmin);
    expect((own.body as AuditEntry[]).map(({ project }) => project)).toEqual(['owner/project']);
    const refused = await request(bench.app).get('/api/v1/admin/audit').set(asAdmin);
    expect([refused.status, refused.body.code]).toEqual([403, 'site_admin_needed']);
  });

  it('believes X-Forwarded-For of proxies that it was told of, and of nobody else', async () => {
    const bench = httpBench({ trustedProxies: ['198.51.100.1'] });
    await request(bench.app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    const { items } = await bench.store.auditEntries({}, { page: 1, limit: 1 });
    expect(items[0]?.from).toMatch(/127\.0\.0\.1$/);
  });
});
