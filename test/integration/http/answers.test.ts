import request from 'supertest';
import { HeadwaterError } from '../../../src/domain/errors';
import { createHealthApp } from '../../../src/http/http-app';
import { asAdmin, canaryToken, httpBench, mirrorPath, upstreamUrl } from './http-bench';

describe('every answer', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/api/v1'],
    ['GET', '/api/v1/repos/owner/project'],
    ['PATCH', mirrorPath],
    ['POST', '/healthz'],
    ['OPTIONS', '/nowhere'],
    ['GET', '/api/v1/repos/%ZZ/project/mirror/pull'],
  ])('is a 404 route_not_found for %s %s', async (method, path) => {
    const { app } = httpBench();
    const answer = await request(app)[method.toLowerCase() as 'get'](path).set(asAdmin);
    expect([answer.status, answer.body.code]).toEqual([404, 'route_not_found']);
    expect(answer.text).not.toMatch(/\.[jt]s\b|node_modules/);
  });

  it('may not be stored or framed, and does not say what serves it', async () => {
    const { app } = httpBench();
    for (const path of ['/healthz', mirrorPath, '/nowhere']) {
      const { headers } = await request(app).get(path);
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['etag']).toBeUndefined();
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('carries the request id of the caller when it is a plain word', async () => {
    const { app, log } = httpBench();
    const kept = await request(app).get(mirrorPath).set('X-Request-Id', 'deploy-12345');
    const replaced = await request(app).get(mirrorPath).set('X-Request-Id', 'a"b c{}d e f');
    expect(kept.headers['x-request-id']).toBe('deploy-12345');
    expect(replaced.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(log()).toContain('"id":"deploy-12345"');
  });

  it('answers HEAD like GET without a body, and OPTIONS with the methods', async () => {
    const { app } = httpBench();
    await request(app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    const head = await request(app).head(mirrorPath).set(asAdmin);
    expect([head.status, head.text]).toEqual([200, undefined]);
    const options = await request(app).options(mirrorPath);
    expect(options.status).toBe(200);
    expect(options.headers['allow']).toContain('DELETE');
    expect(options.headers['access-control-allow-origin']).toBeUndefined();
  });

  it.each([
    ['the forge is down', 'forge_unreachable', 503],
    ['the own token is refused', 'forge_token_refused', 503],
    ['the forge fails', 'forge_failed', 503],
  ] as const)('says so when %s', async (_name, code, status) => {
    const { app, forge } = httpBench();
    forge.callerRights = () => Promise.reject(new HeadwaterError(code, { why: 'x', status: 502, doing: 'x' }));
    const answer = await request(app).get(mirrorPath).set(asAdmin);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('says so when the database is away, and when to come back if that is known', async () => {
    const { app, store, forge } = httpBench();
    store.down = true;
    const away = await request(app).get(mirrorPath).set(asAdmin);
    expect([away.status, away.body.code, away.headers['retry-after']]).toEqual([503, 'store_unavailable', undefined]);
    forge.callerRights = () =>
      Promise.reject(new HeadwaterError('forge_unreachable', { why: 'x' }, { retryAfterMs: 1500 }));
    expect((await request(app).get(mirrorPath).set(asAdmin)).headers['retry-after']).toBe('2');
  });

  it('tells nothing of a bug but logs all of it, secrets apart', async () => {
    const { app, forge, log } = httpBench();
    forge.callerRights = () =>
      Promise.reject(
        Object.assign(new TypeError('cannot read https://bot:hunter2-canary@forge/'), {
          request: { headers: { authorization: canaryToken } },
        }),
      );
    const answer = await request(app).get(mirrorPath).set(asAdmin);
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({
      code: 'internal',
      class: 'crash',
      message: 'Something went wrong inside Headwater.',
      advice: 'Nothing was lost. The admin finds the details in the log.',
    });
    expect(log()).toContain('request failed by a bug');
    expect(log()).toContain('TypeError');
    expect(log()).not.toContain('hunter2-canary');
    expect(log()).not.toContain(canaryToken);
  });
});

describe('health', () => {
  it('is live whatever else is down', async () => {
    const { app, store } = httpBench();
    store.down = true;
    const answer = await request(app).get('/healthz');
    expect([answer.status, answer.body]).toEqual([200, { status: 'ok', version: '1.2.3' }]);
    // The forge's settings page asks it.
    expect(answer.headers['cross-origin-resource-policy']).toBe('cross-origin');
  });

  it('is ready when database, queue and forge answer', async () => {
    const { app } = httpBench();
    const answer = await request(app).get('/readyz');
    expect(answer.status).toBe(200);
    const ok = { status: 'ok' };
    expect(answer.body).toEqual({ status: 'ready', checks: { database: ok, queue: ok, forge: ok, live: ok } });
  });

  it.each([
    ['database', 'store_unavailable'],
    ['queue', 'queue_unavailable'],
    ['forge', 'forge_unreachable'],
  ] as const)('is not ready when the %s is down, and names it', async (name, code) => {
    const { app, store, queue, forge } = httpBench();
    const part = { database: store, queue, forge }[name];
    part.down = true;
    const answer = await request(app).get('/readyz');
    expect(answer.status).toBe(503);
    expect(answer.body.status).toBe('not_ready');
    const faults = Object.entries(answer.body.checks as Record<string, { status: string }>).filter(
      ([, check]) => check.status !== 'ok',
    );
    expect(faults).toEqual([[name, { status: 'fault', code }]]);
  });

  it('is ready while news do not arrive, and says so', async () => {
    const { app, notices } = httpBench();
    notices.down = true;
    const answer = await request(app).get('/readyz');
    expect([answer.status, answer.body.status]).toEqual([200, 'ready']);
    expect(answer.body.checks.live).toEqual({ status: 'fault', code: 'queue_unavailable' });
  });

  it('gives up on a part that never answers', async () => {
    const { app, forge } = httpBench({ checkLimitMs: 30 });
    forge.account = () => new Promise(() => undefined);
    const answer = await request(app).get('/readyz');
    expect(answer.status).toBe(503);
    expect(answer.body.checks.forge).toEqual({ status: 'fault', code: 'forge_unreachable' });
  });

  it('asks the forge once for many who ask at the same time', async () => {
    const { app, forge } = httpBench({ checkReuseMs: 60_000 });
    await Promise.all([1, 2, 3].map(() => request(app).get('/readyz')));
    expect(forge.asked).toEqual(['account']);
  });

  it('is all that a process without the web role serves', async () => {
    const bench = httpBench();
    const app = createHealthApp(bench.deps);
    expect((await request(app).get('/healthz')).status).toBe(200);
    expect((await request(app).get(mirrorPath).set(asAdmin)).body.code).toBe('route_not_found');
  });
});
