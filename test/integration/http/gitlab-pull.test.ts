import request from 'supertest';
import { buildMirror } from '../../support/builders';
import { canaryPassword, canaryToken, httpBench, upstreamUrl, type HttpBench } from './http-bench';

const asGitlab = { 'PRIVATE-TOKEN': canaryToken };
const byPath = '/api/v4/projects/owner%2Fproject/mirror/pull';
const fields = [
  'enabled',
  'id',
  'last_error',
  'last_successful_update_at',
  'last_update_at',
  'last_update_started_at',
  'mirror_branch_regex',
  'mirror_overwrites_diverged_branches',
  'mirror_trigger_builds',
  'only_mirror_protected_branches',
  'update_status',
  'url',
];

describe("GitLab's pull mirror calls", () => {
  it('answer what GitLab answers, for a project by its number or by its path', async () => {
    const { app } = httpBench();
    const put = await request(app)
      .put(byPath)
      .set(asGitlab)
      .send({ url: upstreamUrl, auth_user: 'reader', auth_password: canaryPassword, mirror_trigger_builds: false });
    expect(put.status).toBe(200);
    const byNumber = await request(app).get('/api/v4/projects/1/mirror/pull').set(asGitlab);
    expect(byNumber.body).toEqual(put.body);
    expect(Object.keys(byNumber.body).sort()).toEqual(fields);
    expect(byNumber.body).toMatchObject({ id: 1, update_status: 'scheduled', last_error: null, enabled: true });
    expect(byNumber.body.url).toBe(upstreamUrl.replace('://', '://*****:*****@'));
    const bearer = await request(app)
      .get(byPath)
      .set({ Authorization: `Bearer ${canaryToken}` });
    expect(bearer.status).toBe(200);
  });

  it('take a form as well as JSON', async () => {
    const { app } = httpBench();
    const put = await request(app)
      .put(byPath)
      .set(asGitlab)
      .type('form')
      .send({ url: upstreamUrl, enabled: 'false', mirror_overwrites_diverged_branches: 'true' });
    expect(put.body).toMatchObject({ enabled: false, mirror_overwrites_diverged_branches: true });
  });

  it.each<[string, (bench: HttpBench) => request.Test, number, string]>([
    ['no token', ({ app }) => request(app).get(byPath), 401, '401 Unauthorized'],
    [
      'a token that nobody gave out',
      ({ app }) => request(app).get(byPath).set({ 'PRIVATE-TOKEN': 'x' }),
      401,
      '401 Unauthorized',
    ],
    [
      'a project that the caller has no rights to, by its number',
      ({ app, forge }) => {
        forge.addProject({ owner: 'someone', name: 'secret' });
        forge.addToken('strangert0ken', 'stranger');
        return request(app).get('/api/v4/projects/2/mirror/pull').set({ 'PRIVATE-TOKEN': 'strangert0ken' });
      },
      404,
      '404 Project Not Found',
    ],
    [
      'a number that no project has',
      ({ app }) => request(app).get('/api/v4/projects/77/mirror/pull').set(asGitlab),
      404,
      '404 Project Not Found',
    ],
    [
      'a path that climbs',
      ({ app }) => request(app).get('/api/v4/projects/owner%2F..%2Fproject/mirror/pull').set(asGitlab),
      404,
      '404 Project Not Found',
    ],
    [
      'a project without a mirror',
      ({ app }) => request(app).get(byPath).set(asGitlab),
      400,
      'The project is not mirrored',
    ],
    [
      'a start without a mirror',
      ({ app }) => request(app).post(byPath).set(asGitlab),
      400,
      'The project is not mirrored',
    ],
  ])('answer %s as GitLab does', async (_, ask, status, message) => {
    const answer = await ask(httpBench());
    expect([answer.status, answer.body.message]).toEqual([status, message]);
  });

  it('say what is wrong with a field', async () => {
    const answer = await request(httpBench().app).put(byPath).set(asGitlab).send({ url: 'git://x/y' });
    expect([answer.status, answer.body.code]).toEqual([400, 'url_scheme_forbidden']);
  });

  it('start no run for a body that is no object', async () => {
    const { app, queue } = httpBench();
    await request(app).put(byPath).set(asGitlab).send({ url: upstreamUrl });
    const before = queue.waiting.length;
    const answer = await request(app).post(byPath).set(asGitlab).send([null]);
    expect([answer.status, answer.body.code, queue.waiting.length]).toEqual([400, 'body_invalid', before]);
  });

  it('start a run, and wake a mirror that was paused after failures only by force', async () => {
    const { app, store, queue } = httpBench();
    await request(app).put(byPath).set(asGitlab).send({ url: upstreamUrl });
    expect((await request(app).post(byPath).set(asGitlab)).status).toBe(202);
    const mirror = await store.mirrorOfProject(1);
    const paused = { reason: 'failures', by: null, at: 1 } as const;
    await store.transaction((tx) => tx.saveMirror({ ...(mirror ?? buildMirror()), activeRunId: null, pause: paused }));
    queue.lose();
    const refused = await request(app).post(byPath).set(asGitlab);
    expect([refused.status, refused.body.message]).toEqual([403, 'Mirroring for the project is on pause']);
    expect(queue.waiting).toEqual([]);
    expect((await request(app).post(`${byPath}?force=true`).set(asGitlab)).status).toBe(202);
    expect(queue.waiting).toHaveLength(1);
  });
});
