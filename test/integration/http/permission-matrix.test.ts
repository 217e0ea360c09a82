import type { Express } from 'express';
import request, { type Test } from 'supertest';
import { createApiRouter } from '../../../src/http/api/api-router';
import { routes } from '../../../src/http/api/routes';
import type { ApiRoute } from '../../../src/http/api/route';
import type { RouteNeed } from '../../../src/http/api/access';
import { httpBench, mirrorPath, upstreamUrl, type HttpBench } from './http-bench';

/** Passing means that whatever comes next is no matter of rights. */
type Expected = 'passes' | 401 | 403 | 404;

/** What every kind of caller is answered, by what the route needs. A new need without a row does not compile. */
const expectations: Readonly<Record<Caller, Readonly<Record<RouteNeed, Expected>>>> = {
  anonymous: { read: 401, write: 401, account: 401, site_admin: 401 },
  'no access': { read: 404, write: 404, account: 'passes', site_admin: 403 },
  read: { read: 404, write: 404, account: 'passes', site_admin: 403 },
  write: { read: 404, write: 404, account: 'passes', site_admin: 403 },
  'admin, token may read': { read: 'passes', write: 403, account: 'passes', site_admin: 403 },
  admin: { read: 'passes', write: 'passes', account: 'passes', site_admin: 403 },
  owner: { read: 'passes', write: 'passes', account: 'passes', site_admin: 403 },
  'site admin': { read: 'passes', write: 'passes', account: 'passes', site_admin: 'passes' },
  'site admin, token of projects': { read: 'passes', write: 'passes', account: 'passes', site_admin: 403 },
  'revoked admin': { read: 404, write: 404, account: 'passes', site_admin: 403 },
  blocked: { read: 401, write: 401, account: 401, site_admin: 401 },
};
const callers = [
  'anonymous',
  'no access',
  'read',
  'write',
  'admin, token may read',
  'admin',
  'owner',
  'site admin',
  'site admin, token of projects',
  'revoked admin',
  'blocked',
] as const;
type Caller = (typeof callers)[number];

const codesOfRights = [
  'token_missing',
  'token_invalid',
  'token_scope_missing',
  'project_not_found',
  'site_admin_needed',
];

async function benchWithCallers(): Promise<HttpBench & { runId: string }> {
  const bench = httpBench();
  const { forge } = bench;
  bench.forge.addProject({ id: 2, owner: 'somebody', name: 'secret' });
  forge.addToken('no-access', 'stranger');
  forge.addToken('read', 'read');
  forge.addToken('write', 'write');
  forge.addToken('admin--token-may-read', 'admin', ['read:repository']);
  forge.addToken('admin', 'admin');
  forge.addToken('owner', 'admin');
  forge.addToken('site-admin', 'site admin', ['write:repository', 'read:admin']);
  forge.addToken('site-admin--token-of-projects', 'site admin');
  forge.addToken('revoked-admin', 'admin');
  forge.addToken('blocked', 'admin');
  const created = await request(bench.app)
    .put(mirrorPath)
    .set('Authorization', 'token admin')
    .send({ url: upstreamUrl });
  await request(bench.app).get(mirrorPath).set('Authorization', 'token revoked-admin');
  forge.addToken('revoked-admin', 'read');
  forge.removeToken('blocked');
  return { ...bench, runId: (created.body as { active_run: { id: string } }).active_run.id };
}

function send(app: Express, route: ApiRoute, caller: Caller, place: { owner: string; repo: string; id: string }): Test {
  const path = `/api/v1${route.path}`
    .replace(':owner', place.owner)
    .replace(':repo', place.repo)
    .replace(/:\w+/g, place.id);
  // A stream of events has no end, but its head has.
  const method = route.path.endsWith('/events') ? 'head' : route.method;
  const sent = request(app)[method](path);
  return caller === 'anonymous' ? sent : sent.set('Authorization', `token ${caller.replace(/[ ,]/g, '-')}`);
}

const nameOf = (route: Pick<ApiRoute, 'method' | 'path'>) => `${route.method.toUpperCase()} ${route.path}`;
const isOfProject = (route: ApiRoute) => route.need === 'read' || route.need === 'write';

describe('the permission matrix (AUTH-01)', () => {
  // Those who are refused change nothing, so they share one; whoever passes has one of their own.
  let shared: HttpBench & { runId: string };
  beforeAll(async () => {
    shared = await benchWithCallers();
  });

  describe.each(routes.map((route) => [nameOf(route), route] as const))('%s', (_name, route) => {
    const refused = callers.filter((caller) => expectations[caller][route.need] !== 'passes');
    const welcome = callers.filter((caller) => expectations[caller][route.need] === 'passes');

    it(`needs "${route.need}" and refuses ${refused.join('; ')}`, async () => {
      const before = await stateOf(shared);
      const place = { owner: 'owner', repo: 'project', id: shared.runId };
      const answered: [Caller, number][] = [];
      for (const caller of refused) answered.push([caller, (await send(shared.app, route, caller, place)).status]);
      expect(answered).toEqual(refused.map((caller) => [caller, expectations[caller][route.need]]));
      expect(await stateOf(shared)).toBe(before);
    });

    it.each(welcome)('lets %s pass', async (caller) => {
      const bench = route.method === 'get' ? shared : await benchWithCallers();
      const answer = await send(bench.app, route, caller, { owner: 'owner', repo: 'project', id: bench.runId });
      expect(codesOfRights).not.toContain(((answer.body ?? {}) as { code?: string }).code);
      expect([401, 403]).not.toContain(answer.status);
    });

    if (isOfProject(route)) {
      it("answers somebody else's private project and a missing one alike", async () => {
        const { app, runId: id } = shared;
        const hidden = await send(app, route, 'no access', { owner: 'somebody', repo: 'secret', id });
        const missing = await send(app, route, 'no access', { owner: 'somebody', repo: 'nothing', id });
        expect([hidden.status, hidden.body]).toEqual([missing.status, missing.body]);
        expect(hidden.status).toBe(404);
      });
    }
  });

  it("finds no run of another project's mirror, even by its id", async () => {
    const bench = await benchWithCallers();
    const other = '/api/v1/repos/somebody/secret/mirror/pull';
    const asAdmin = { Authorization: 'token admin' };
    await request(bench.app).put(other).set(asAdmin).send({ url: upstreamUrl });
    for (const [method, path] of [
      ['get', `${other}/runs/${bench.runId}`],
      ['post', `${other}/runs/${bench.runId}/undo`],
    ] as const) {
      const answer = await request(bench.app)[method](path).set(asAdmin);
      expect([answer.status, answer.body.code]).toEqual([404, 'run_not_found']);
    }
  });

  it('has a row for every route that the API answers', () => {
    const { deps } = httpBench();
    const answered = (createApiRouter(deps) as unknown as Stack).stack.flatMap(routesOf);
    expect(answered.sort()).toEqual(routes.map(nameOf).sort());
  });

  it('knows of every other route: those of people, of upstreams, of GitLab clients and of health', () => {
    const all = (httpBench().app as unknown as { router: Stack }).router.stack.flatMap(routesOf);
    expect(all.filter((name) => !routes.some((route) => nameOf(route) === name)).sort()).toEqual(otherRoutes);
  });
});

/** Pages of the panel: whoever may see the project sees some, the rest is for its admins. */
const panelPages = [
  { path: '/:owner/:repo' },
  { path: '/:owner/:repo/status' },
  { path: '/:owner/:repo/history' },
  { path: '/:owner/:repo/plan/:id' },
  { path: '/:owner/:repo/state' },
  { path: '/:owner/:repo/events' },
] as const;
const panelForms = [
  '/:owner/:repo/add',
  '/:owner/:repo/edit',
  '/:owner/:repo/webhook',
  '/:owner/:repo/notify-secret',
  '/:owner/:repo/:action',
  '/:owner/:repo/push/:action',
] as const;

/** Signs in to the bench, as the owner of a token of the fake forge, and answers the cookie. */
async function cookieOf(app: Express, token: string): Promise<string> {
  const begun = await request(app).get('/oauth/login');
  const [state] = /state-\d+/.exec(begun.headers['location'] ?? '') ?? [];
  const own = (begun.get('Set-Cookie') ?? []).map((line) => line.split(';')[0]).join('; ');
  const done = await request(app)
    .get(`/oauth/callback?code=${token}&state=${state ?? ''}`)
    .set('Cookie', own);
  return (done.get('Set-Cookie') ?? []).find((line) => line.startsWith('panel_session='))?.split(';')[0] ?? '';
}

describe('the permission matrix of the panel (AUTH-01, AUTH-07)', () => {
  const people = ['signed out', 'no-access', 'read', 'write', 'admin', 'site-admin'] as const;
  let bench: HttpBench & { runId: string };
  const cookies = new Map<string, string>();
  beforeAll(async () => {
    bench = await benchWithCallers();
    for (const token of people.slice(1)) cookies.set(token, await cookieOf(bench.app, token));
  });

  const visit = (method: 'get' | 'head' | 'post', path: string, who: string): Test => {
    const address = `/panel${path}`.replace(':owner', 'owner').replace(':repo', 'project').replace(':id', bench.runId);
    const sent = request(bench.app)[method](address.replace(':action', 'delete'));
    return sent.set({ Cookie: cookies.get(who) ?? '', Accept: 'text/html' });
  };

  it.each(panelPages)('GET $path shows nothing of the mirror to those who are no admins', async ({ path }) => {
    const before = await stateOf(bench);
    const method = path.endsWith('/events') ? 'head' : 'get';
    for (const who of people) {
      const answer = await visit(method, path, who);
      const isAdmin = who === 'admin' || who === 'site-admin';
      if (who === 'signed out') expect([who, answer.status]).toEqual([who, 401]);
      else if (who === 'no-access') expect([who, answer.status]).toEqual([who, 404]);
      else if (isAdmin) expect([who, answer.status]).toEqual([who, 200]);
      expect(answer.headers['content-security-policy']).toMatch(/frame-ancestors https:\/\/forge\.example$/);
      // All others may see at most how it goes, and from where, on the tab of the project (SEC-12).
      if (!isAdmin && !path.endsWith('/status')) expect(answer.text ?? '').not.toContain('upstream.example');
    }
    expect(await stateOf(bench)).toBe(before);
  });

  it.each(panelForms)('POST %s needs a session, the token of the form, and admin rights', async (path) => {
    const before = await stateOf(bench);
    expect((await visit('post', path, 'signed out')).status).toBe(401);
    for (const who of ['admin', 'site-admin']) expect((await visit('post', path, who)).status).toBe(403);
    for (const who of ['no-access', 'read', 'write']) {
      expect([403, 404]).toContain((await visit('post', path, who)).status);
      const page = await visit('get', '/:owner/:repo', who);
      const csrf = /name="_csrf" value="([0-9a-f]+)"/.exec(page.text)?.[1] ?? '';
      const answer = await visit('post', path, who).type('form').send({ _csrf: csrf });
      expect([who, [403, 404].includes(answer.status)]).toEqual([who, true]);
    }
    const page = await visit('get', '/:owner/:repo', 'admin');
    const csrf = /name="_csrf" value="([0-9a-f]+)"/.exec(page.text)?.[1] ?? '';
    expect(csrf).not.toBe('');
    const foreign = visit('post', path, 'admin').set('Sec-Fetch-Site', 'cross-site').type('form');
    expect((await foreign.send({ _csrf: csrf })).status).toBe(403);
    const stolen = visit('post', path, 'site-admin').type('form');
    expect((await stolen.send({ _csrf: csrf })).status).toBe(403);
    expect(await stateOf(bench)).toBe(before);
  });
});

/** Each has tests of its own for who may use it. */
const otherRoutes: readonly string[] = [
  ...panelPages.map(({ path }) => `GET ${path}`),
  ...panelForms.map((path) => `POST ${path}`),
  // The page that makes a project: for whoever is signed in; the token given there decides.
  'GET /new',
  // Tells how mirroring works, and nothing of anybody.
  'GET /how',
  'POST /new',
  'GET /plugin-manifest.json',
  // A picture.
  'GET /favicon.ico',
  'GET /openapi.json',
  'GET /docs',
  'GET /docs/style.css',
  'GET /healthz',
  'GET /readyz',
  'GET /login',
  'GET /callback',
  'POST /logout',
  // Deliveries of upstreams and of the forge, which their signature lets in, and whether a test delivery came.
  'POST /upstream/:id',
  'POST /forge',
  'POST /:nonce',
  'GET /:nonce',
  'GET /projects/:id/mirror/pull',
  'PUT /projects/:id/mirror/pull',
  'POST /projects/:id/mirror/pull',
  'GET /projects/:id/remote_mirrors',
  'POST /projects/:id/remote_mirrors',
  'GET /projects/:id/remote_mirrors/:mirror_id',
  'PUT /projects/:id/remote_mirrors/:mirror_id',
  'POST /projects/:id/remote_mirrors/:mirror_id',
  'DELETE /projects/:id/remote_mirrors/:mirror_id',
  'POST /projects/:id/remote_mirrors/:mirror_id/sync',
  'GET /projects/:id/remote_mirrors/:mirror_id/public_key',
].sort();

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle?: Partial<Stack>;
}

interface Stack {
  readonly stack: readonly Layer[];
}

function routesOf({ route, handle }: Layer): string[] {
  if (route !== undefined) return Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`);
  return (handle?.stack ?? []).flatMap(routesOf);
}

/** All that is stored, but for who looked. */
async function stateOf({ store }: HttpBench): Promise<string> {
  const page = { page: 1, limit: 100 };
  const { items } = await store.mirrors(page);
  const runs = await Promise.all(items.map((mirror) => store.runs(mirror.id, page)));
  return JSON.stringify([items, runs, await store.auditEntries({}, page)]);
}
