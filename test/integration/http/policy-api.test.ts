import request from 'supertest';
import { openPolicy } from '../../../src/domain/policy';
import { asAdmin, httpBench, mirrorPath, upstreamUrl } from './http-bench';

const asChief = { Authorization: 'token chief' };
const asGitlab = { 'PRIVATE-TOKEN': 'chief' };
const path = '/api/v1/admin/policy';

function bench() {
  const made = httpBench();
  const { app, forge, store } = made;
  forge.addToken('chief', 'site admin', ['write:repository', 'read:admin']);
  const call = (method: 'get' | 'put' | 'post' | 'patch', to: string, who: Record<string, string>, body?: object) =>
    request(app)[method](to).set(who).send(body);
  return {
    ...made,
    policy: (body: object) => call('patch', path, asChief, body),
    read: async () => (await call('get', path, asChief)).body as Record<string, unknown>,
    put: (body: object, who: Record<string, string> = asAdmin, to = mirrorPath) => call('put', to, who, body),
    post: (to: string, body: object, who: Record<string, string> = asAdmin) => call('post', to, who, body),
    mirrors: async () => (await store.mirrors({ page: 1, limit: 100 })).items,
  };
}

describe('the policy in the API', () => {
  it('is open at first, and says beside it what the settings say', async () => {
    const { read } = bench();
    expect(await read()).toEqual({
      who_may_mirror: 'project_admins',
      listed: [],
      allowed_hosts: [],
      refused_hosts: [],
      schemes: ['https', 'http', 'ssh'],
      min_interval: null,
      max_interval: null,
      defaults: { interval: null, tags: 'all', divergence: 'keep', deletions: 'ignore', lfs: true },
      push_mirrors: true,
      mirrors_per_owner: 500,
      mirrors_per_user: null,
      settings: { interval: '6h', min_interval: '10m', max_interval: '7d' },
    });
  });

  it('is changed field by field, and the change stands in the audit log with old and new values', async () => {
    const { app, policy, read } = bench();
    const answer = await policy({ refused_hosts: ['*.EVIL.example'], min_interval: '1h', defaults: { tags: 'none' } });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ refused_hosts: ['*.evil.example'], min_interval: '1h', push_mirrors: true });
    await policy({ mirrors_per_owner: null });
    await policy({ mirrors_per_owner: null });
    expect(await read()).toEqual({ ...answer.body, mirrors_per_owner: null });
    const log = await request(app).get('/api/v1/admin/audit').set(asChief);
    const entries = log.body as Record<string, unknown>[];
    const told = entries.map(({ action, who, details }) => [action, who, details]);
    // At the same moment, so in whatever order.
    expect(told).toHaveLength(2);
    expect(told).toEqual(
      expect.arrayContaining([
        ['policy.changed', 'site-admin person', { mirrors_per_owner_before: 500, mirrors_per_owner: null }],
        [
          'policy.changed',
          'site-admin person',
          {
            refused_hosts_before: '',
            refused_hosts: '*.evil.example',
            min_interval_ms_before: null,
            min_interval_ms: 3_600_000,
            default_tags_before: 'all',
            default_tags: 'none',
          },
        ],
      ]),
    );
  });

  it('refuses what it cannot use, each field by its name, and changes nothing (AUTH-10, WH-08)', async () => {
    const { policy, store } = bench();
    const answer = await policy({ allowed_hosts: ['ok.example', 'http://x'], min_interval: '1s', schemes: [] });
    const faults = answer.body.errors as { readonly field: string }[];
    expect([answer.status, faults.map(({ field }) => field)]).toEqual([
      400,
      ['allowed_hosts.1', 'schemes', 'min_interval'],
    ]);
    for (const body of [
      { who_may_mirror: 'everybody' },
      { mirrors_per_user: -1 },
      { mirrors_per_user: 1.5 },
      { schemes: ['file'] },
      { defaults: { interval: 5 } },
      { defaults: { branches: 'all' } },
      { allowed_upstreams: ['127.0.0.1'] },
      { refused_hosts: 'example.org' },
    ])
      expect([body, (await policy(body)).status]).toEqual([body, 400]);
    expect(await store.policy()).toEqual(openPolicy);
  });
});

describe('who may mirror', () => {
  it('site admins only: others can neither make, change nor test a mirror, but switch it off', async () => {
    const { policy, put, post, mirrors } = bench();
    await put({ url: upstreamUrl });
    await policy({ who_may_mirror: 'site_admins' });
    for (const answer of [
      await put({ url: upstreamUrl }),
      await put({ deletions: 'follow' }),
      await put({ enabled: false, deletions: 'follow' }),
      await post('/api/v1/repos/owner/project/mirror/test', { url: upstreamUrl }),
      await post('/api/v1/repos/mirror', { owner: 'admin-person', name: 'new', url: upstreamUrl }),
      await post('/api/v1/repos/owner/project/mirror/push', { url: upstreamUrl }),
      await request(bench().app).get(path).set(asAdmin),
    ])
      expect(answer.status).toBe(403);
    expect((await put({ url: upstreamUrl })).body).toMatchObject({
      code: 'mirroring_denied',
      message: 'The admin does not let you set up mirrors in this project.',
    });
    expect((await put({ deletions: 'follow' }, asChief)).status).toBe(200);
    // A mirror that is there goes on, and can be updated, paused and switched off.
    expect((await post(mirrorPath, {})).status).toBe(202);
    expect((await post(`${mirrorPath}/pause`, {})).status).toBe(200);
    expect((await put({ enabled: false })).status).toBe(200);
    expect((await put({ enabled: true })).status).toBe(403);
    expect(await mirrors()).toMatchObject([{ enabled: false, options: { deletions: 'follow' } }]);
  });

  it('listed: a user, or everybody in the projects of an owner', async () => {
    const { policy, put } = bench();
    await policy({ who_may_mirror: 'listed', listed: ['Somebody'] });
    expect((await put({ url: upstreamUrl })).body.code).toBe('mirroring_denied');
    await policy({ listed: ['OWNER'] });
    expect((await put({ url: upstreamUrl })).status).toBe(201);
    await policy({ listed: ['admin-person'] });
    expect((await put({ deletions: 'follow' })).status).toBe(200);
  });

  it('a token that does not tell whose it is sets up nothing (AUTH-01)', async () => {
    const { forge, put } = bench();
    forge.nameless = true;
    expect((await put({ url: upstreamUrl })).body).toMatchObject({ code: 'token_scope_missing' });
  });
});

describe('hosts and schemes (SSRF-07)', () => {
  const doors: readonly [string, (made: ReturnType<typeof bench>) => request.Test][] = [
    ['PUT', ({ put }) => put({ url: 'https://bad.example/a.git' })],
    ['PUT of an ssh address', ({ put }) => put({ url: 'git@bad.example:a/b.git' })],
    ['PUT of an address in other letters', ({ put }) => put({ url: 'https://BAD.example./a.git' })],
    ['PUT of lfs_url', ({ put }) => put({ url: upstreamUrl, lfs_url: 'https://bad.example/lfs' })],
    ['test', ({ post }) => post('/api/v1/repos/owner/project/mirror/test', { url: 'https://bad.example/a.git' })],
    ['import', ({ post }) => post('/api/v1/repos/mirror', { owner: 'o', name: 'n', url: 'https://bad.example/a.git' })],
    [
      'push mirror',
      ({ post }) => post('/api/v1/repos/owner/project/mirror/push', { url: 'https://bad.example/a.git' }),
    ],
    [
      "GitLab's PUT",
      ({ put }) => put({ url: 'https://bad.example/a.git' }, asGitlab, '/api/v4/projects/1/mirror/pull'),
    ],
    [
      "GitLab's push mirror",
      ({ post }) => post('/api/v4/projects/1/remote_mirrors', { url: 'https://bad.example/a.git' }, asGitlab),
    ],
  ];
  it.each(doors)('are held to by %s, for site admins too', async (_, knock) => {
    const made = bench();
    await made.policy({ refused_hosts: ['bad.example'] });
    const answer = await knock(made).set(asChief);
    expect(answer.status).toBe(403);
    expect(JSON.stringify(answer.body)).toContain('does not allow mirroring with the host bad.example');
    expect(await made.mirrors()).toEqual([]);
    expect(made.pushMirrors.made).toEqual([]);
  });

  it('an allow list lets in what it names, and never what the settings keep out (SSRF-01)', async () => {
    const { policy, put, forge } = bench();
    forge.addProject({ name: 'other' });
    await policy({ allowed_hosts: ['*.example', '127.0.0.1'], schemes: ['https'] });
    expect((await put({ url: upstreamUrl })).status).toBe(201);
    const other = '/api/v1/repos/owner/other/mirror/pull';
    expect((await put({ url: 'https://github.com/a.git' }, asAdmin, other)).body.code).toBe('host_not_allowed');
    expect((await put({ url: 'http://upstream.example/a.git' }, asAdmin, other)).body.code).toBe('scheme_not_allowed');
    expect((await put({ url: 'https://127.0.0.1/a.git' }, asAdmin, other)).body.code).toBe('url_blocked');
  });

  it('a change that names no address is no matter of hosts', async () => {
    const { policy, put } = bench();
    await put({ url: upstreamUrl });
    await policy({ refused_hosts: ['upstream.example'] });
    expect((await put({ deletions: 'follow' })).status).toBe(200);
    expect((await put({ url: upstreamUrl })).body.code).toBe('host_not_allowed');
  });
});

describe('bounds, defaults and quotas', () => {
  it('an interval has to be within the narrower bounds, which count for the schedule too', async () => {
    const { policy, put } = bench();
    await policy({ min_interval: '12h', max_interval: '2d' });
    expect((await put({ url: upstreamUrl, interval: '6h' })).body.errors).toEqual([
      { field: 'interval', message: 'must be from 12h to 2d' },
    ]);
    const { body } = await put({ url: upstreamUrl });
    expect([body.interval, body.next_update_at]).toEqual([null, '2026-01-01T12:00:00.000Z']);
  });

  it('new mirrors have the defaults, unless they say otherwise; old ones stay', async () => {
    const { policy, put, post, forge } = bench();
    forge.addProject({ name: 'other' });
    const old = (await put({ url: upstreamUrl })).body;
    await policy({ defaults: { tags: 'none', deletions: 'follow', lfs: false, interval: 'adaptive' } });
    const other = (
      await put({ url: upstreamUrl, deletions: 'ignore' }, asAdmin, '/api/v1/repos/owner/other/mirror/pull')
    ).body;
    expect(other).toMatchObject({ tags: 'none', deletions: 'ignore', lfs: false, interval: 'adaptive' });
    expect((await put({ auth_user: 'bot' })).body).toMatchObject({ tags: old.tags, lfs: true, interval: null });
    const made = await post('/api/v1/repos/mirror', { owner: 'admin-person', name: 'new', url: upstreamUrl });
    expect(made.body).toMatchObject({ tags: 'none', deletions: 'follow' });
  });

  it('RES-08, WH-07: refuses one mirror more than the owner or the user may have, with the numbers', async () => {
    const { policy, put, post, forge, mirrors, newProjects } = bench();
    for (const name of ['b', 'c', 'd']) forge.addProject({ name });
    forge.addProject({ name: 'e', owner: 'group', ownerId: 8 });
    await policy({ mirrors_per_owner: 2, mirrors_per_user: 3 });
    const at = (name: string, owner = 'owner') => `/api/v1/repos/${owner}/${name}/mirror/pull`;
    const statuses = [];
    for (const name of ['project', 'b', 'c'])
      statuses.push((await put({ url: upstreamUrl }, asAdmin, at(name))).status);
    expect(statuses).toEqual([201, 201, 403]);
    expect((await put({ url: upstreamUrl }, asAdmin, at('c'))).body).toMatchObject({
      code: 'mirror_quota',
      message: 'The owner of this project has 2 pull mirrors, and the admin allows 2.',
    });
    // Those that are there can be changed, and a site admin stands above it.
    expect((await put({ tags: 'none' }, asAdmin, at('b'))).status).toBe(200);
    expect((await put({ url: upstreamUrl }, asChief, at('c'))).status).toBe(201);
    expect((await put({ url: upstreamUrl }, asAdmin, at('e', 'group'))).status).toBe(201);
    await policy({ mirrors_per_owner: null });
    expect((await put({ url: upstreamUrl }, asAdmin, at('d'))).body.message).toBe(
      'You have 3 pull mirrors, and the admin allows 3.',
    );
    const imported = await post('/api/v1/repos/mirror', { owner: 'admin-person', name: 'new', url: upstreamUrl });
    expect([imported.status, imported.body.code, newProjects.done]).toEqual([403, 'mirror_quota', []]);
    expect(await mirrors()).toHaveLength(4);
  });

  it('no push mirrors: none is added here, and those that are there can go', async () => {
    const { policy, post, app } = bench();
    const pushes = '/api/v1/repos/owner/project/mirror/push';
    const { name } = (await post(pushes, { url: upstreamUrl })).body as { name: string };
    await policy({ push_mirrors: false });
    expect((await post(pushes, { url: 'https://other.example/a.git' })).body.code).toBe('push_mirroring_denied');
    expect((await request(app).delete(`${pushes}/${name}`).set(asAdmin)).status).toBe(204);
  });
});
