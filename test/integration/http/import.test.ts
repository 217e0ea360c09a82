import request from 'supertest';
import { asAdmin, canaryPassword, httpBench, upstreamUrl, type HttpBench } from './http-bench';

const wanted = { owner: 'admin-person', name: 'imported', url: upstreamUrl };
const importProject = ({ app }: HttpBench, body: object) =>
  request(app).post('/api/v1/repos/mirror').set(asAdmin).send(body);

describe('POST repos/mirror', () => {
  it('makes the project as the caller, lets Headwater push to it, and starts the import', async () => {
    const bench = httpBench();
    const answer = await importProject(bench, {
      ...wanted,
      auth_user: 'bot',
      auth_password: canaryPassword,
      tags: 'none',
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      project: { id: 2, full_name: 'admin-person/imported' },
      url: upstreamUrl,
      auth_user: 'bot',
      has_password: true,
      tags: 'none',
      update_status: 'scheduled',
      active_run: { cause: 'enrolled', status: 'queued' },
      warnings: [],
    });
    expect(bench.newProjects.done).toEqual([
      'create admin-person/imported private',
      'let headwater push to admin-person/imported',
    ]);
    expect(bench.queue.waiting).toEqual([{ runId: answer.body.active_run.id, mirrorId: answer.body.id }]);
    expect(answer.text + bench.log()).not.toContain(canaryPassword);
  });

  it.each([
    [{}, 'private'],
    [{ visibility: 'public' }, 'public'],
    [{ private: false }, 'public'],
    [{ visibility: 'private', private: true }, 'private'],
  ])('with %j the project is %s', async (fields, visibility) => {
    const bench = httpBench();
    expect((await importProject(bench, { ...wanted, ...fields })).status).toBe(201);
    expect(bench.newProjects.done[0]).toBe(`create admin-person/imported ${visibility}`);
  });

  it.each([
    ['no address', { url: undefined }, 'input_invalid'],
    ['an address that is none', { url: 'nonsense' }, 'url_invalid'],
    ['a blocked address', { url: 'http://127.0.0.1/a.git' }, 'url_blocked'],
    ['a pattern that is none', { mirror_branch_regex: '(' }, 'input_invalid'],
    [
      'options that contradict each other',
      { divergence: 'keep', mirror_overwrites_diverged_branches: true },
      'input_invalid',
    ],
    ['a password with a line break', { auth_password: 'a\nb' }, 'input_invalid'],
    ['host keys for an http address', { ssh_host_keys: ['ssh-ed25519 server'] }, 'mirror_not_ssh'],
    ['no name', { name: undefined }, 'input_invalid'],
    ['visibility against private', { visibility: 'public', private: true }, 'input_invalid'],
    ['a field that is none', { colour: 'blue' }, 'input_invalid'],
  ])('makes nothing when the request has %s', async (_what, fields, code) => {
    const bench = httpBench();
    const answer = await importProject(bench, { ...wanted, ...fields });
    expect(answer.body.code).toBe(code);
    expect(bench.newProjects.done).toEqual([]);
    expect((await bench.store.mirrors({ page: 1, limit: 1 })).total).toBe(0);
  });

  it('makes nothing when the forge refuses Headwater itself', async () => {
    const bench = httpBench();
    bench.forge.down = true;
    expect((await importProject(bench, wanted)).status).toBe(503);
    expect(bench.newProjects.done).toEqual([]);
  });

  it('is for whoever may make projects for that owner', async () => {
    const bench = httpBench();
    bench.newProjects.closed.add('group');
    const refused = await importProject(bench, { ...wanted, owner: 'group' });
    expect([refused.status, refused.body.code]).toEqual([403, 'project_owner_denied']);
    const unknown = await request(bench.app)
      .post('/api/v1/repos/mirror')
      .set('Authorization', 'token unknown')
      .send(wanted);
    expect([unknown.status, unknown.body.code]).toEqual([401, 'token_invalid']);
    const anonymous = await request(bench.app).post('/api/v1/repos/mirror').send({ nonsense: true });
    expect([anonymous.status, anonymous.body.code]).toEqual([401, 'token_missing']);
  });

  it('refuses a name that is taken, by a mirror too', async () => {
    const bench = httpBench();
    const taken = await importProject(bench, { ...wanted, owner: 'owner', name: 'project' });
    expect([taken.status, taken.body.code]).toEqual([409, 'project_exists']);
    await importProject(bench, wanted);
    const again = await importProject(bench, wanted);
    expect([again.status, again.body.code]).toEqual([409, 'project_exists']);
  });

  it('goes on with the empty project that a call left behind, when it is repeated', async () => {
    const bench = httpBench();
    bench.newProjects.refusesCollaborators = true;
    const refused = await importProject(bench, wanted);
    expect([refused.status, refused.body.code]).toEqual([409, 'forge_push_denied']);
    bench.newProjects.refusesCollaborators = false;
    const other = await importProject(bench, { ...wanted, visibility: 'public' });
    expect(other.body.code).toBe('project_exists');
    const repeated = await importProject(bench, wanted);
    expect([repeated.status, repeated.body.project.id]).toEqual([201, 2]);
    expect(bench.newProjects.done.filter((done) => done.startsWith('create'))).toHaveLength(1);
  });

  it('SEC-04: sends no password that is stored for another mirror of the same upstream', async () => {
    const bench = httpBench();
    await importProject(bench, { ...wanted, auth_user: 'bot', auth_password: canaryPassword });
    const second = await importProject(bench, { ...wanted, name: 'second', auth_user: 'bot' });
    expect([second.status, second.body.has_password]).toEqual([201, false]);
    expect((await bench.store.mirror(second.body.id))?.sealedPassword).toBeNull();
    // A call that is repeated with another address gets nothing of the mirror that is there.
    const again = await importProject(bench, { ...wanted, url: 'https://evil.example/p.git' });
    expect(again.body.code).toBe('project_exists');
  });

  it('makes a key for an ssh upstream, which waits for its host key to be confirmed', async () => {
    const bench = httpBench();
    const answer = await importProject(bench, { ...wanted, url: 'git@upstream.example:a/b.git' });
    expect(answer.status).toBe(201);
    expect(answer.body.ssh_public_key).toMatch(/^ssh-ed25519 key-\d+ headwater admin-person\/imported$/);
  });
});
