import request from 'supertest';
import { canaryToken, httpBench, mirrorPath, upstreamUrl, type HttpBench } from './http-bench';
import { FixedClock } from '../../fakes/fixed-clock';

const routes = [
  { method: 'put', path: mirrorPath, writes: true, body: { url: upstreamUrl } },
  { method: 'get', path: mirrorPath, writes: false },
  { method: 'post', path: mirrorPath, writes: true },
  { method: 'get', path: `${mirrorPath}/runs`, writes: false },
  { method: 'get', path: `${mirrorPath}/runs/RUN`, writes: false },
  { method: 'head', path: `${mirrorPath}/events`, writes: false },
  { method: 'delete', path: mirrorPath, writes: true },
] as const;

const callers = [
  { name: 'anonymous', token: null, reads: 401, writes: 401 },
  { name: 'an unknown token', token: 'unknown', reads: 401, writes: 401 },
  { name: 'a stranger', token: 'stranger', reads: 404, writes: 404 },
  { name: 'a reader', token: 'read', reads: 404, writes: 404 },
  { name: 'a writer', token: 'write', reads: 404, writes: 404 },
  { name: 'an admin without write scope', token: 'narrow', reads: 'ok', writes: 403 },
  { name: 'an admin', token: 'admin', reads: 'ok', writes: 'ok' },
  { name: 'a site admin', token: 'site', reads: 'ok', writes: 'ok' },
] as const;

async function benchWithCallers(changes: Parameters<typeof httpBench>[0] = {}): Promise<HttpBench & { run: string }> {
  const bench = httpBench(changes);
  bench.forge.addToken('stranger', 'stranger');
  bench.forge.addToken('read', 'read');
  bench.forge.addToken('write', 'write');
  bench.forge.addToken('admin', 'admin');
  bench.forge.addToken('narrow', 'admin', ['read:repository']);
  bench.forge.addToken('site', 'site admin');
  const created = await request(bench.app)
    .put(mirrorPath)
    .set('Authorization', 'token admin')
    .send({ url: upstreamUrl });
  return { ...bench, run: created.body.active_run.id };
}

function call(bench: HttpBench, route: (typeof routes)[number], path: string, token: string | null): request.Test {
  const sent = request(bench.app)[route.method](path);
  if (token !== null) sent.set('Authorization', `token ${token}`);
  return 'body' in route ? sent.send(route.body) : sent;
}

describe('rights (AUTH-01, AUTH-02)', () => {
  for (const route of routes) {
    for (const caller of callers) {
      const expected = route.writes ? caller.writes : caller.reads;
      it(`${route.method.toUpperCase()} ${route.path.slice(mirrorPath.length)} answers ${caller.name} with ${expected}`, async () => {
        const bench = await benchWithCallers();
        const answer = await call(bench, route, route.path.replace('RUN', bench.run), caller.token);
        if (expected === 'ok') expect(answer.status).toBeLessThan(300);
        else expect(answer.status).toBe(expected);
        if (expected !== 'ok') expect((await bench.store.mirrors({ page: 1, limit: 1 })).total).toBe(1);
      });
    }
  }

  it('answers no right exactly like a missing project', async () => {
    const { app } = await benchWithCallers();
    const hidden = await request(app).get(mirrorPath).set('Authorization', 'token stranger');
    const missing = await request(app)
      .get(mirrorPath.replace('project', 'nowhere'))
      .set('Authorization', 'token admin');
    expect(hidden.body).toEqual(missing.body);
    expect(hidden.body.code).toBe('project_not_found');
    expect(hidden.status).toBe(missing.status);
  });

  it('says which scope is missing', async () => {
    const { app } = await benchWithCallers();
    const answer = await request(app).post(mirrorPath).set('Authorization', 'token narrow');
    expect(answer.body.code).toBe('token_scope_missing');
    expect(answer.body.message).toContain('write:repository');
  });

  it.each(['bearer admin', 'Bearer admin', 'token admin', 'TOKEN admin'])('takes "%s"', async (authorization) => {
    const { app } = await benchWithCallers();
    expect((await request(app).get(mirrorPath).set('Authorization', authorization)).status).toBe(200);
  });

  it.each([
    ['Basic YWRtaW46YWRtaW4=', 'token_missing'],
    ['admin', 'token_missing'],
    ['token ', 'token_missing'],
    ['token a b', 'token_invalid'],
    ['token "admin"', 'token_invalid'],
  ])('refuses the header "%s" with 401 %s', async (authorization, code) => {
    const { app, forge } = await benchWithCallers();
    forge.asked.length = 0;
    const answer = await request(app).get(mirrorPath).set('Authorization', authorization);
    expect([answer.status, answer.body.code]).toEqual([401, code]);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="headwater"');
    expect(forge.asked).toEqual([]);
  });

  it.each(['token', 'access_token', 'private_token'])(
    'refuses a token in the query (%s) and logs none',
    async (name) => {
      const { app, log } = await benchWithCallers();
      const answer = await request(app)
        .get(mirrorPath)
        .query({ [name]: canaryToken });
      expect([answer.status, answer.body.code]).toEqual([401, 'token_missing']);
      expect(log()).not.toContain(canaryToken);
    },
  );

  it.each(['..%2f..%2fadmin', '%2e%2e', '.', '-%00', 'a%20b', 'a%3Fb', 'a%23b', 'a..b', 'x'.repeat(101), '%C3%BC'])(
    'never lets the name %s reach the forge',
    async (name) => {
      const { app, forge } = await benchWithCallers();
      forge.asked.length = 0;
      const asOwner = await request(app)
        .get(`/api/v1/repos/${name}/project/mirror/pull`)
        .set('Authorization', 'token admin');
      const asRepo = await request(app)
        .get(`/api/v1/repos/owner/${name}/mirror/pull`)
        .set('Authorization', 'token admin');
      expect([asOwner.status, asRepo.status]).toEqual([404, 404]);
      expect(forge.asked).toEqual([]);
    },
  );

  it('remembers rights only for the cache time and only for the same token, project and need', async () => {
    const clock = new FixedClock();
    const now = jest.spyOn(performance, 'now').mockImplementation(() => clock.now());
    try {
      const { app, forge } = await benchWithCallers({ rightsCacheMs: 60_000 });
      const get = () => request(app).get(mirrorPath).set('Authorization', 'token admin');
      forge.asked.length = 0;
      expect((await get()).status).toBe(200);
      expect((await get()).status).toBe(200);
      expect(forge.asked).toEqual(['rights owner/project']);
      expect((await request(app).get(mirrorPath).set('Authorization', 'token write')).status).toBe(404);
      forge.removeToken('admin');
      clock.advance(59_000);
      expect((await get()).status).toBe(200);
      clock.advance(2_000);
      expect((await get()).status).toBe(401);
    } finally {
      now.mockRestore();
    }
  });

  it('does not take a remembered right to read for a right to write', async () => {
    const { app } = await benchWithCallers({ rightsCacheMs: 60_000 });
    expect((await request(app).get(mirrorPath).set('Authorization', 'token narrow')).status).toBe(200);
    expect((await request(app).delete(mirrorPath).set('Authorization', 'token narrow')).status).toBe(403);
  });

  it('lets a new right count at once, since refusals are not remembered', async () => {
    const { app, forge } = await benchWithCallers({ rightsCacheMs: 60_000 });
    expect((await request(app).get(mirrorPath).set('Authorization', 'token write')).status).toBe(404);
    forge.addToken('write', 'admin');
    expect((await request(app).get(mirrorPath).set('Authorization', 'token write')).status).toBe(200);
  });
});
