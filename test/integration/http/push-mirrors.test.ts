import request from 'supertest';
import { asAdmin, canaryPassword, canaryToken, httpBench, mirrorPath, upstreamUrl, type HttpBench } from './http-bench';

const path = '/api/v1/repos/owner/project/mirror/push';
const target = 'https://target.example/group/project.git';

const add = ({ app }: HttpBench, body: object) => request(app).post(path).set(asAdmin).send(body);
const get = ({ app }: HttpBench, below = '') => request(app).get(`${path}${below}`).set(asAdmin);
const sync = ({ app }: HttpBench) => request(app).post(`${path}/sync`).set(asAdmin);

describe('mirror/push', () => {
  it('adds a push mirror with the caller’s own token, and answers it without its password', async () => {
    const bench = httpBench();
    const answer = await add(bench, { url: target, auth_user: 'bot', auth_password: canaryPassword });
    expect([answer.status, answer.body]).toEqual([
      201,
      {
        name: 'remote_mirror_1',
        url: target,
        interval: '8h',
        sync_on_commit: true,
        branch_filter: null,
        ssh_public_key: null,
        created_at: '2026-01-01T00:00:00.000Z',
        last_update_at: null,
        last_error: null,
        warnings: [],
      },
    ]);
    expect(bench.pushMirrors.asked).toEqual([`create owner/project with ${canaryToken}`]);
    expect(bench.pushMirrors.made[0]?.credentials?.password.reveal()).toBe(canaryPassword);
    expect(answer.text + bench.log()).not.toContain(canaryPassword);
  });

  it('lists all with what this forge can do, shows one, and removes it', async () => {
    const bench = httpBench();
    await add(bench, { url: target });
    await add(bench, { url: 'git@target.example:group/project.git', interval: '0', sync_on_commit: false });
    const { body } = await get(bench);
    expect(body.capabilities).toEqual({ use_ssh: true, branch_filter: false, edit: false, sync_one: false });
    expect(body.push_mirrors).toMatchObject([
      { name: 'remote_mirror_1', interval: '8h' },
      { name: 'remote_mirror_2', interval: null, sync_on_commit: false, ssh_public_key: 'ssh-ed25519 key' },
    ]);
    expect((await get(bench, '/remote_mirror_2')).body).toEqual(body.push_mirrors[1]);
    const removed = await request(bench.app).delete(`${path}/remote_mirror_2`).set(asAdmin);
    expect(removed.status).toBe(204);
    expect((await get(bench)).body.push_mirrors).toHaveLength(1);
  });

  it('answers 404 for a name that is none, though the forge would say "done"', async () => {
    const bench = httpBench();
    for (const name of ['remote_mirror_9', '..%2f..', 'a%20b']) {
      const removed = await request(bench.app).delete(`${path}/${name}`).set(asAdmin);
      expect([removed.status, removed.body.code]).toEqual([404, 'push_mirror_not_found']);
      expect((await get(bench, `/${name}`)).status).toBe(404);
    }
    expect(bench.pushMirrors.asked.some((asked) => asked.startsWith('remove'))).toBe(false);
  });

  it.each([
    ['an interval that is none', { url: target, interval: 'often' }, 400, 'input_invalid'],
    ['an interval of more than a year', { url: target, interval: '9000h' }, 400, 'input_invalid'],
    ['no address', {}, 400, 'input_invalid'],
    ['a forbidden scheme', { url: 'file:///srv/repo.git' }, 400, 'url_scheme_forbidden'],
    ['a password with a line break', { url: target, auth_password: 'a\nb' }, 400, 'input_invalid'],
    ['a password for an ssh address', { url: 'git@target.example:a/b.git', auth_password: 'x' }, 400, 'input_invalid'],
    ['branches where the forge cannot choose', { url: target, branch_filter: 'main' }, 409, 'push_mirror_unsupported'],
  ])('refuses %s', async (_what, body, status, code) => {
    const bench = httpBench();
    const answer = await add(bench, body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(bench.pushMirrors.made).toEqual([]);
  });

  it('uses what other forges can do, and refuses what they cannot', async () => {
    const bench = httpBench();
    bench.pushMirrors.can = { ssh: false, branchFilter: true };
    expect((await add(bench, { url: target, branch_filter: 'main,release/*' })).body.branch_filter).toBe(
      'main,release/*',
    );
    expect((await add(bench, { url: 'git@target.example:a/b.git' })).body.code).toBe('push_mirror_unsupported');
  });

  it.each([upstreamUrl, 'https://Upstream.example/group/project', 'git@upstream.example:group/project.git'])(
    'never pushes to the upstream that the project follows: %s',
    async (url) => {
      const bench = httpBench();
      await request(bench.app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
      const answer = await add(bench, { url });
      expect([answer.status, answer.body.code]).toEqual([409, 'push_mirror_is_upstream']);
    },
  );

  it('warns of credentials in the address, which are not used', async () => {
    const bench = httpBench();
    const answer = await add(bench, { url: `https://me:${canaryPassword}@target.example/a.git` });
    expect(answer.body).toMatchObject({
      url: 'https://target.example/a.git',
      warnings: [{ code: 'url_credentials_ignored' }],
    });
    expect(bench.pushMirrors.made[0]?.credentials).toBeNull();
  });

  it('syncs all, and says how it ended', async () => {
    const bench = httpBench();
    await add(bench, { url: target });
    const done = await sync(bench);
    expect([done.status, done.body]).toMatchObject([200, { status: 'finished', push_mirrors: [{}], warnings: [] }]);
    bench.pushMirrors.ends = async () => false;
    const failed = await sync(bench);
    expect([failed.status, failed.body]).toMatchObject([
      200,
      { status: 'failed', warnings: [{ code: 'push_mirror_sync_failed' }] },
    ]);
  });

  it('tells when mirrors are switched off in the forge', async () => {
    const bench = httpBench();
    bench.pushMirrors.disabled = true;
    const answer = await get(bench);
    expect([answer.status, answer.body.code]).toEqual([409, 'push_mirrors_disabled']);
  });

  it('stands in the audit log', async () => {
    const bench = httpBench();
    await add(bench, { url: target });
    await request(bench.app).delete(`${path}/remote_mirror_1`).set(asAdmin);
    const { body } = await request(bench.app).get('/api/v1/repos/owner/project/mirror/audit').set(asAdmin);
    // Both at the same moment of the test's clock.
    expect(body).toHaveLength(2);
    expect(body).toContainEqual(
      expect.objectContaining({ action: 'push_mirror.deleted', details: { name: 'remote_mirror_1' } }),
    );
    expect(body).toContainEqual(
      expect.objectContaining({ action: 'push_mirror.created', details: { name: 'remote_mirror_1', url: target } }),
    );
  });

  it('is for admins of the project with a token that may do it', async () => {
    const bench = httpBench();
    bench.forge.addToken('writer', 'write');
    bench.forge.addToken('narrow', 'admin', ['read:repository']);
    const as = (token: string) => ({ Authorization: `token ${token}` });
    expect((await request(bench.app).get(path).set(as('writer'))).status).toBe(404);
    expect((await request(bench.app).get(path).set(as('narrow'))).status).toBe(200);
    expect((await request(bench.app).post(path).set(as('narrow')).send({ url: target })).status).toBe(403);
    expect((await request(bench.app).post(`${path}/sync`).set(as('narrow'))).status).toBe(403);
    expect(bench.pushMirrors.made).toEqual([]);
  });
});
