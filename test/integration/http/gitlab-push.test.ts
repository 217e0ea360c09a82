import request from 'supertest';
import { Secret } from '../../../src/domain/credentials';
import { canaryPassword, canaryToken, httpBench, type HttpBench } from './http-bench';

const asGitlab = { 'PRIVATE-TOKEN': canaryToken };
const path = '/api/v4/projects/owner%2Fproject/remote_mirrors';
const target = 'https://target.example/group/project.git';
const sshTarget = 'ssh://git@target.example/group/project.git';

const add = ({ app }: HttpBench, body: object) => request(app).post(path).set(asGitlab).send(body);

describe("GitLab's push mirror calls", () => {
  it('add a push mirror of the forge, with the credentials that stand in the address, and never show them', async () => {
    const bench = httpBench();
    const made = await add(bench, {
      url: `https://bot:${canaryPassword}%40x@target.example/group/project.git`,
      enabled: true,
    });
    expect([made.status, made.body]).toEqual([
      201,
      {
        id: expect.any(Number),
        enabled: true,
        url: target,
        auth_method: 'password',
        last_error: null,
        last_successful_update_at: null,
        last_update_at: null,
        last_update_started_at: null,
        update_status: 'none',
        only_protected_branches: false,
        keep_divergent_refs: false,
        mirror_branch_regex: null,
        host_keys: [],
      },
    ]);
    const [wanted] = bench.pushMirrors.made;
    expect([wanted?.url.href, wanted?.credentials?.user]).toEqual([target, 'bot']);
    expect(wanted?.credentials?.password.reveal()).toBe(`${canaryPassword}@x`);
    expect(made.text + bench.log()).not.toContain(canaryPassword);
    const audit = await bench.store.auditEntries({ repoId: 1 }, { page: 1, limit: 10 });
    expect(audit.items).toMatchObject([{ action: 'push_mirror.created', details: { url: target } }]);
  });

  it('know each by a number that stays, and page the list as GitLab does', async () => {
    const bench = httpBench();
    const first = await add(bench, { url: target });
    const second = await add(bench, { url: sshTarget, auth_method: 'ssh_public_key' });
    const byNumber = '/api/v4/projects/1/remote_mirrors';
    const all = await request(bench.app).get(byNumber).set(asGitlab);
    expect(all.body).toEqual([first.body, second.body]);
    expect(Number.isSafeInteger(first.body.id) && first.body.id !== second.body.id).toBe(true);
    expect(all.headers).toMatchObject({ 'x-total': '2', 'x-total-pages': '1', 'x-next-page': '' });
    const page = await request(bench.app).get(`${byNumber}?page=2&per_page=1`).set(asGitlab);
    expect(page.body).toEqual([second.body]);
    expect(page.headers).toMatchObject({ 'x-page': '2', 'x-prev-page': '1', 'x-total-pages': '2' });
    expect((await request(bench.app).get(`${path}/${second.body.id}`).set(asGitlab)).body).toEqual(second.body);
  });

  it('hand out the public key of an ssh address, and say that others have none', async () => {
    const bench = httpBench();
    const ssh = await add(bench, { url: sshTarget });
    const plain = await add(bench, { url: target });
    const key = (id: number) => request(bench.app).get(`${path}/${id}/public_key`).set(asGitlab);
    expect((await key(ssh.body.id)).body).toEqual({ public_key: 'ssh-ed25519 key' });
    const none = await key(plain.body.id);
    expect([none.status, none.body.code]).toEqual([404, 'push_mirror_has_no_key']);
  });

  it('sync, and remove with 204; what is gone is a 404', async () => {
    const bench = httpBench();
    const { body } = await add(bench, { url: target });
    const own = `${path}/${body.id}`;
    expect((await request(bench.app).post(`${own}/sync`).set(asGitlab)).status).toBe(204);
    expect(bench.pushMirrors.asked.at(-1)).toBe(`sync owner/project with ${canaryToken}`);
    expect((await request(bench.app).delete(own).set(asGitlab)).status).toBe(204);
    for (const gone of [
      await request(bench.app).delete(own).set(asGitlab),
      await request(bench.app).get(own).set(asGitlab),
      await request(bench.app).post(`${own}/sync`).set(asGitlab),
      await request(bench.app).get(`${path}/x`).set(asGitlab),
    ])
      expect([gone.status, gone.body.message]).toEqual([404, '404 Not Found']);
  });

  it('take a change that changes nothing, and refuse all others with words', async () => {
    const bench = httpBench();
    const { body } = await add(bench, { url: target });
    const put = (change: object) => request(bench.app).put(`${path}/${body.id}`).set(asGitlab).send(change);
    const same = await put({ enabled: true, keep_divergent_refs: 'false', mirror_branch_regex: '', url: target });
    expect([same.status, same.body]).toEqual([200, body]);
    for (const change of [{ enabled: false }, { only_protected_branches: true }, { url: sshTarget }]) {
      const refused = await put(change);
      expect([refused.status, refused.body.code]).toEqual([409, 'push_mirror_unsupported']);
      expect(refused.body.message).toContain('remove the push mirror');
    }
  });

  it.each([
    ['to be switched off', { url: target, enabled: false }, 409, 'push_mirror_unsupported'],
    ['only protected branches', { url: target, only_protected_branches: 'true' }, 409, 'push_mirror_unsupported'],
    ['to spare what diverged', { url: target, keep_divergent_refs: true }, 409, 'push_mirror_unsupported'],
    ['branches by an expression', { url: target, mirror_branch_regex: 'a|b' }, 409, 'push_mirror_unsupported'],
    ['a key for https', { url: target, auth_method: 'ssh_public_key' }, 409, 'push_mirror_unsupported'],
    ['a password for ssh', { url: sshTarget, auth_method: 'password' }, 409, 'push_mirror_unsupported'],
    ['no address', {}, 400, 'input_invalid'],
    ['another scheme', { url: 'file:///srv/x.git' }, 400, 'url_scheme_forbidden'],
    ['a password that cannot be read', { url: 'https://a:%zz@target.example/x.git' }, 400, 'url_invalid'],
  ])('refuse what the forge cannot do: %s', async (_what, body, status, code) => {
    const bench = httpBench();
    const answer = await add(bench, body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(bench.pushMirrors.made).toEqual([]);
  });

  it('are for admins of the project, with a token that may write', async () => {
    const bench = httpBench();
    bench.forge.addToken('writer', 'write');
    bench.forge.addToken('narrow', 'admin', ['read:repository']);
    const as = (token: string) => ({ 'PRIVATE-TOKEN': token });
    expect((await request(bench.app).get(path)).status).toBe(401);
    expect((await request(bench.app).get(path).set(as('writer'))).status).toBe(404);
    expect((await request(bench.app).get(path).set(as('narrow'))).status).toBe(200);
    expect((await request(bench.app).post(path).set(as('narrow')).send({ url: target })).status).toBe(403);
    expect((await request(bench.app).delete(`${path}/1`).set(as('narrow'))).status).toBe(403);
  });

  it('tell of a push that failed', async () => {
    const bench = httpBench();
    const { body } = await add(bench, { url: target });
    const token = new Secret(canaryToken);
    const listed = await bench.pushMirrors.list(token, { owner: 'owner', name: 'project' });
    const failed = { lastUpdateAt: Date.UTC(2026, 1, 1), lastError: 'no route' };
    bench.pushMirrors.list = async () => listed.map((mirror) => ({ ...mirror, ...failed }));
    expect((await request(bench.app).get(`${path}/${body.id}`).set(asGitlab)).body).toMatchObject({
      update_status: 'failed',
      last_error: 'no route',
      last_update_at: '2026-02-01T00:00:00.000Z',
      last_successful_update_at: null,
    });
  });
});
