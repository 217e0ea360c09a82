import request from 'supertest';
import { buildMirror, buildRun } from '../../support/builders';
import { asAdmin, httpBench, mirrorPath, upstreamUrl } from './http-bench';

describe("a mirror's options", () => {
  const created = async () => {
    const bench = httpBench();
    await request(bench.app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    return bench;
  };
  const put = (app: Parameters<typeof request>[0], body: object) =>
    request(app).put(mirrorPath).set(asAdmin).send(body);

  it('come back as they were set, in names of GitLab where it has one', async () => {
    const { app } = await created();
    const sent = {
      mirror_branch_regex: 'main|v.*',
      mirror_overwrites_diverged_branches: true,
      tags: 'on_branches',
      follow_default_branch: false,
      deletions: 'follow',
      lfs_url: 'https://lfs.example/objects',
    };
    const answer = await put(app, sent);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ ...sent, only_mirror_protected_branches: false, divergence: 'overwrite' });
    expect((await request(app).get(mirrorPath).set(asAdmin)).body).toMatchObject(sent);
  });

  it.each<[string, object, string]>([
    ['a pattern that is none', { mirror_branch_regex: '(' }, 'mirror_branch_regex'],
    ['a pattern that is too long', { mirror_branch_regex: 'a'.repeat(501) }, 'mirror_branch_regex'],
    ['a look-ahead, which RE2 does not know', { mirror_branch_regex: '(?!x)y' }, 'mirror_branch_regex'],
    [
      'a pattern and protected branches',
      { mirror_branch_regex: 'a', only_mirror_protected_branches: true },
      'mirror_branch_regex',
    ],
    [
      'two answers to one question',
      { mirror_overwrites_diverged_branches: true, divergence: 'keep' },
      'mirror_overwrites_diverged_branches',
    ],
    ['an unknown choice', { tags: 'some' }, 'tags'],
    ['an address without LFS', { lfs: false, lfs_url: 'https://lfs.example/x' }, 'lfs_url'],
    ['an address that is none', { lfs_url: 'javascript:alert(1)' }, 'lfs_url'],
    ['an unknown field', { mirror_everything: true }, 'mirror_everything'],
  ])('refuse %s', async (_, body, field) => {
    const { app } = await created();
    const answer = await put(app, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'input_invalid', errors: [{ field }] });
  });

  it('carry state and lag', async () => {
    const { app, store } = httpBench();
    const inSyncAt = Date.now() - 90_500;
    await store.transaction((tx) =>
      tx.insertMirror(buildMirror({ proof: { behind: 0, diverged: ['refs/heads/x'], divergedTotal: 60, inSyncAt } })),
    );
    const { body } = await request(app).get(mirrorPath).set(asAdmin);
    expect(body).toMatchObject({ sync_state: 'diverged', refs_diverged: 60, diverged: ['refs/heads/x'] });
    expect((body as { lag_seconds: number }).lag_seconds).toBeGreaterThanOrEqual(90);
  });

  it('refuse an acceptance of a plan that is not held, an undo of nothing, and a plan during a run', async () => {
    const { app, store } = await created();
    const post = (path: string, body: object = {}) => request(app).post(`${mirrorPath}${path}`).set(asAdmin).send(body);
    expect((await post('/accept', { plan_id: 'x' })).body).toMatchObject({ code: 'plan_stale' });
    expect((await post('/accept')).body).toMatchObject({ code: 'input_invalid' });
    expect((await post('/plan')).body).toMatchObject({ code: 'run_under_way' });
    expect((await post('/runs/none/undo')).status).toBe(404);
    const [mirror] = (await store.mirrors({ page: 1, limit: 1 })).items;
    const runId = mirror?.activeRunId ?? '';
    expect((await post(`/runs/${runId}/undo`)).body).toMatchObject({ code: 'run_under_way' });
    await store.transaction(async (tx) => {
      if (mirror === undefined) return;
      await tx.saveMirror({ ...mirror, activeRunId: null, status: 'finished' });
      await tx.insertRun(buildRun({ id: 'done', mirrorId: mirror.id, status: 'finished' }));
    });
    expect((await post('/runs/done/undo')).body).toMatchObject({ code: 'run_not_undoable' });
  });
});
