import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describeForges } from '../support/forges';
import type { MirrorApi, MirrorAnswer, RunAnswer } from '../support/headwater';
import type { TestRepo } from '../support/forge-admin';
import { Scene } from '../support/scene';
import { TempRepo } from '../support/temp-repo';

const run = promisify(execFile);
const main = 'refs/heads/main';

interface Held {
  readonly plan_id: string;
  readonly reasons: readonly { readonly code: string }[];
  readonly refs: readonly { readonly ref: string }[];
  readonly refs_total: number;
  readonly lost_total: number;
}
type Mirror = MirrorAnswer & {
  readonly sync_state: string;
  readonly refs_behind: number;
  readonly diverged: readonly string[];
  readonly lag_seconds: number | null;
  readonly held: Held | null;
};

describeForges('What is mirrored', (choice) => {
  let scene: Scene;
  let first: string;

  beforeAll(async () => {
    scene = await Scene.start(choice);
  }, 240_000);
  afterAll(() => scene.close());

  /** Every test has an upstream state of its own: main with two commits, a branch, a tag on it and a tag on none. */
  beforeEach(() => {
    const { source } = scene;
    for (const ref of Object.keys(scene.upstreamRefs())) source.git(['update-ref', '-d', ref]);
    first = source.commit('main', `one ${Math.random()}`);
    source.commit('main', 'two');
    source.git(['update-ref', 'refs/heads/release/1', first]);
    source.git(['tag', '-a', '-m', 'release', 'v1', first]);
    source.git(['update-ref', 'refs/tags/stray', orphan(source)]);
    source.git(['symbolic-ref', 'HEAD', main]);
  });

  async function mirrored(options: object = {}): Promise<{ repo: TestRepo; api: MirrorApi }> {
    const made = await scene.project();
    await made.api.put({ ...scene.settings, ...options });
    await made.api.settled();
    return made;
  }
  const mirrorOf = async (api: MirrorApi) => (await api.mirror()) as Mirror;
  const post = async <T>(api: MirrorApi, path: string, body: object = {}) =>
    (await api.call<T>('POST', path, body)).data;
  const actionsOf = (run: RunAnswer) =>
    Object.fromEntries((run.refs ?? []).map((one) => [one.ref, [one.action, one.reason?.code]]));

  it('is only branches that match a pattern, with only the tags that are on them', async () => {
    const { repo, api } = await mirrored({ mirror_branch_regex: 'ma.n|x', tags: 'on_branches' });
    expect(Object.keys(scene.refs(repo)).sort()).toEqual([main, 'refs/tags/v1']);
    expect(await mirrorOf(api)).toMatchObject({
      mirror_branch_regex: 'ma.n|x',
      tags: 'on_branches',
      last_counts: { created: 2, skipped: 2 },
      sync_state: 'in_sync',
    });
    await expect(api.put({ mirror_branch_regex: '(' })).rejects.toMatchObject({ status: 400 });
    await expect(api.put({ only_mirror_protected_branches: true, mirror_branch_regex: 'x' })).rejects.toMatchObject({
      status: 400,
    });
    await expect(api.put({ divergence: 'merge' })).rejects.toMatchObject({ status: 400 });
  });

  it('is only branches that a rule of the forge protects, and changes with the rules', async () => {
    const { repo, api } = await scene.project();
    await scene.forge.addCollaborator(repo.owner, repo.name, scene.bot.name, 'admin');
    await scene.forge.protectBranch(repo.owner, repo.name, 'release/*', [scene.bot.name]);
    await api.put({ ...scene.settings, only_mirror_protected_branches: true, tags: 'none' });
    await api.settled();
    expect(Object.keys(scene.refs(repo))).toEqual(['refs/heads/release/1']);
    await scene.forge.protectBranch(repo.owner, repo.name, 'main', [scene.bot.name]);
    await api.updated();
    expect(Object.keys(scene.refs(repo)).sort()).toEqual([main, 'refs/heads/release/1']);
  });

  it('DATA-02: overwrites what the upstream rewrote, keeps the old value, and one call restores it', async () => {
    const { repo, api } = await mirrored({ divergence: 'overwrite_with_backup' });
    const old = scene.refs(repo)[main];
    const next = rewrite(scene.source, first);
    const run = await api.updated();
    expect(actionsOf(run)).toEqual({ [main]: ['forced', 'history_replaced'] });
    expect(scene.refs(repo)[main]).toBe(next);
    const backup = `refs/headwater/backup/${run.id}/heads/main`;
    const dir = scene.forge.repositoryPath(repo.owner, repo.name);
    expect(scene.source.git(['-C', dir, '-c', 'safe.directory=*', 'rev-parse', backup])).toBe(old);

    const undone = await post<RunAnswer>(api, `/runs/${run.id}/undo`);
    expect(undone).toMatchObject({ cause: 'undo', counts: { forced: 1 } });
    expect(scene.refs(repo)[main]).toBe(old);
    const { data: kept } = await api.call<{ id: string; ref: string; commit: string }[]>('GET', '/backups');
    expect(kept).toMatchObject([{ ref: main, commit: old, kept_as: backup, run_id: run.id }]);
    // Wherever the branch is by now.
    rewrite(scene.source, first);
    await api.updated();
    const restored = await post<RunAnswer>(api, `/backups/${kept[0]?.id}/restore`);
    expect(restored).toMatchObject({ cause: 'undo', counts: { forced: 1 } });
    expect(scene.refs(repo)[main]).toBe(old);
    const name = `${repo.owner}/${repo.name}`;
    expect((await scene.headwater.cli(['mirror', 'backups', name])).stdout).toContain(kept[0]?.id);
    expect(await scene.headwater.cli(['mirror', 'restore', name, kept[0]?.id ?? ''])).toMatchObject({ code: 0 });
    expect(await scene.headwater.cli(['mirror', 'restore', name, 'none'])).toMatchObject({ code: 1 });

    // It is no longer where that run left it.
    const again = await post<RunAnswer>(api, `/runs/${run.id}/undo`);
    expect(actionsOf(again)).toEqual({ [main]: ['diverged', 'moved_after_run'] });
  });

  it('DATA-02: tells the rule that refuses to let a branch be overwritten', async () => {
    const { repo, api } = await mirrored({ divergence: 'overwrite' });
    await scene.forge.addCollaborator(repo.owner, repo.name, scene.bot.name, 'admin');
    await scene.forge.protectBranch(repo.owner, repo.name, 'ma*', [scene.bot.name]);
    const old = scene.refs(repo)[main];
    rewrite(scene.source, first);
    const run = await api.updated();
    expect(run.refs).toMatchObject([
      { ref: main, action: 'rejected', reason: { message: expect.stringContaining('"ma*"') as string } },
    ]);
    expect(scene.refs(repo)[main]).toBe(old);
    expect(await mirrorOf(api)).toMatchObject({ sync_state: 'behind', refs_behind: 1 });
  });

  /** Puts a commit of somebody's own on the project's main. */
  async function pushLocal(repo: TestRepo): Promise<string> {
    const parent = scene.refs(repo)[main] ?? '';
    const blob = scene.source.git(['hash-object', '-w', '--stdin'], `local ${Math.random()}`);
    const files = scene.source.git(['ls-tree', parent]);
    const tree = scene.source.git(['mktree'], `${files}\n100644 blob ${blob}\tlocal.txt\n`);
    const local = scene.source.git(['commit-tree', tree, '-p', parent, '-m', 'local']);
    const address = scene.forge.url.replace('://', `://${scene.maintainer.name}:${scene.token}@`);
    await run('git', ['push', '-q', `${address}/${repo.owner}/${repo.name}.git`, `${local}:${main}`], {
      cwd: scene.source.dir,
    });
    return local;
  }

  it('offers what diverged in one pull request, keeps it current, and follows again once it is merged', async () => {
    const { repo, api } = await mirrored({ divergence: 'pull_request' });
    const local = await pushLocal(repo);
    scene.source.commit('main', `three ${Math.random()}`);
    expect(actionsOf(await post<RunAnswer>(api, '/plan'))).toEqual({ [main]: ['diverged', 'pull_request_planned'] });
    expect(Object.keys(scene.refs(repo)).filter((ref) => ref.includes('headwater'))).toEqual([]);

    const run = await api.updated();
    expect(run.counts).toMatchObject({ diverged: 1, created: 0 });
    expect(run.refs).toMatchObject([
      { ref: main, action: 'diverged', reason: { message: expect.stringContaining('/pulls/1') as string } },
    ]);
    const head = 'refs/heads/headwater/upstream/main';
    expect(scene.refs(repo)).toMatchObject({ [main]: local, [head]: scene.upstreamRefs()[main] });

    const next = scene.source.commit('main', `four ${Math.random()}`);
    await api.updated();
    expect(scene.refs(repo)).toMatchObject({ [main]: local, [head]: next });
    const url = `${scene.forge.url}/${repo.owner}/${repo.name}/pulls/1`;
    expect(await mirrorOf(api)).toMatchObject({
      sync_state: 'diverged',
      pull_requests: [{ branch: 'main', number: 1, url, state: 'open', commit: next }],
    });
    expect(await scene.forge.pullRequests(repo.owner, repo.name)).toMatchObject([{ state: 'open', base: 'main' }]);
    const shown = await scene.headwater.cli(['mirror', 'show', `${repo.owner}/${repo.name}`]);
    expect(shown.stdout).toContain(url);

    await scene.forge.mergePullRequest(repo.owner, repo.name, 1, 'merge');
    expect(await api.updated()).toMatchObject({ complete: true, counts: { diverged: 0 } });
    expect(await mirrorOf(api)).toMatchObject({ sync_state: 'in_sync' });
    expect(Object.keys(scene.refs(repo))).not.toContain(head);
  });

  it('leaves a branch in peace whose pull request was closed, and tells when there can be none', async () => {
    const { repo, api } = await mirrored({ divergence: 'pull_request' });
    await pushLocal(repo);
    rewrite(scene.source, first);
    await scene.forge.switchPullRequests(repo.owner, repo.name, false);
    expect(actionsOf(await api.updated())).toEqual({ [main]: ['diverged', 'pull_requests_off'] });
    await scene.forge.switchPullRequests(repo.owner, repo.name, true);
    expect(actionsOf(await api.updated())).toEqual({ [main]: ['diverged', 'pull_request_open'] });
    await scene.forge.closePullRequest(repo.owner, repo.name, 1);
    expect(actionsOf(await api.updated())).toEqual({ [main]: ['diverged', 'pull_request_closed'] });
    rewrite(scene.source, first);
    expect(actionsOf(await api.updated())).toEqual({ [main]: ['diverged', 'pull_request_open'] });
    expect(await scene.forge.pullRequests(repo.owner, repo.name)).toMatchObject([{ number: 1, state: 'open' }]);
  });

  it('tells the rule by name that wants signatures, protects a file or protects a tag', async () => {
    const { repo, api } = await scene.project();
    await scene.forge.addCollaborator(repo.owner, repo.name, scene.bot.name, 'admin');
    const rule = (name: string, more: object) =>
      scene.forge.protectBranch(repo.owner, repo.name, name, [scene.bot.name], more);
    await rule('rel*/*', { require_signed_commits: true });
    await rule('ma?n', { protected_file_patterns: 'file.txt' });
    await scene.forge.protectTags(repo.owner, repo.name, 'v*', [scene.maintainer.name]);
    await api.put(scene.settings);
    await api.settled();
    const [last] = await api.runs();
    const { refs = [], counts } = await api.run(last?.id ?? '');
    expect(Object.fromEntries(refs.map((one) => [one.ref, [one.reason?.code, one.reason?.message]]))).toMatchObject({
      [main]: ['branch_rule_protects_file', expect.stringMatching(/file\.txt.*"ma\?n"/)],
      'refs/heads/release/1': ['branch_rule_unsigned', expect.stringContaining('"rel*/*"')],
      'refs/tags/v1': ['tag_rule_refuses', expect.stringContaining('"v*"')],
    });
    expect(counts).toMatchObject({ created: 1, rejected: 3 });
  });

  it('follows deletions of what Headwater created, and of nothing else', async () => {
    const { repo, api } = await mirrored({ deletions: 'follow' });
    const dir = scene.forge.repositoryPath(repo.owner, repo.name);
    scene.source.git(['-C', dir, '-c', 'safe.directory=*', 'update-ref', 'refs/heads/local', first]);
    for (const ref of ['refs/heads/release/1', 'refs/tags/v1']) scene.source.git(['update-ref', '-d', ref]);
    const run = await api.updated();
    expect(run.counts).toMatchObject({ deleted: 2 });
    expect(Object.keys(scene.refs(repo)).sort()).toEqual(['refs/heads/local', main, 'refs/tags/stray']);
    await post(api, `/runs/${run.id}/undo`);
    expect(scene.refs(repo)).toMatchObject({ 'refs/heads/release/1': first });
  });

  it('DATA-01: holds an upstream that lost most of its refs, and one call accepts exactly that plan', async () => {
    for (let at = 0; at < 20; at += 1) scene.source.git(['update-ref', `refs/heads/b${at}`, first]);
    const { repo, api } = await mirrored({ deletions: 'follow' });
    for (let at = 0; at < 20; at += 1) scene.source.git(['update-ref', '-d', `refs/heads/b${at}`]);
    const next = scene.source.commit('main', 'goes on');
    await api.updated();
    const { held, sync_state } = await mirrorOf(api);
    expect(sync_state).toBe('held');
    expect(held).toMatchObject({ reasons: [{ code: 'held_refs_lost' }], refs_total: 20, lost_total: 20 });
    expect(scene.refs(repo)).toMatchObject({ 'refs/heads/b7': first, [main]: next });

    await expect(post(api, '/accept', { plan_id: 'x' })).rejects.toMatchObject({ status: 409 });
    await post(api, '/accept', { plan_id: held?.plan_id });
    const after = (await api.settled()) as Mirror;
    expect(after).toMatchObject({ held: null, sync_state: 'in_sync', last_counts: { deleted: 20 } });
    expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
  });

  it('DATA-05: shows what the first run would do to a project that has content, and does it only when told', async () => {
    const { repo, api } = await scene.project();
    const local = orphan(scene.source);
    const address = scene.forge.url.replace('://', `://${scene.maintainer.name}:${scene.token}@`);
    // Not in the foreground: the double lives in this process.
    await run('git', ['push', '-q', `${address}/${repo.owner}/${repo.name}.git`, `${local}:refs/heads/main`], {
      cwd: scene.source.dir,
    });
    await api.put({ ...scene.settings, enabled: false, divergence: 'overwrite' });
    const plan = await post<RunAnswer>(api, '/plan');
    expect(plan).toMatchObject({ cause: 'plan', status: 'finished' });
    expect(actionsOf(plan)).toMatchObject({
      [main]: ['diverged', 'held_back'],
      'refs/tags/v1': ['created', undefined],
    });
    expect(scene.refs(repo)).toEqual({ [main]: local });

    await api.put({ enabled: true });
    const { held } = (await api.settled()) as Mirror;
    expect(scene.refs(repo)[main]).toBe(local);
    await post(api, '/accept', { plan_id: held?.plan_id });
    await api.settled();
    expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
  });

  it("HOST-06: follows the upstream's default branch, or tells why it cannot", async () => {
    const { repo, api } = await mirrored();
    scene.source.git(['symbolic-ref', 'HEAD', 'refs/heads/release/1']);
    const refused = await api.updated();
    expect(actionsOf(refused)).toEqual({ HEAD: ['rejected', 'forge_default_branch_denied'] });
    await scene.forge.addCollaborator(repo.owner, repo.name, scene.bot.name, 'admin');
    await api.updated();
    expect((await scene.forge.repo(repo.owner, repo.name)).defaultBranch).toBe('release/1');
  });

  it('DATA-09: leaves the project, backups included, as it is when the mirror is removed', async () => {
    const { repo, api } = await mirrored({ divergence: 'overwrite_with_backup', deletions: 'follow' });
    rewrite(scene.source, first);
    await api.updated();
    const before = scene.refs(repo);
    expect((await api.call('DELETE')).status).toBe(204);
    expect(scene.refs(repo)).toEqual(before);
  });

  it('DATA-10: has one upstream per project: a second one replaces the first', async () => {
    const { api } = await mirrored();
    const before = await mirrorOf(api);
    const { status, data } = await api.put({ ...scene.settings, url: scene.upstream.url() });
    expect([status, data.id]).toEqual([200, before.id]);
  });

  it('says the same on the command line', async () => {
    const { repo, api } = await mirrored();
    const name = `${repo.owner}/${repo.name}`;
    const set = await scene.headwater.cli(['mirror', 'set', name, '--divergence', 'overwrite', '--tags', 'none']);
    expect(set).toMatchObject({ code: 0, stdout: expect.stringMatching(/divergence +overwrite/) as string });
    await api.settled();
    const next = rewrite(scene.source, first);
    const plan = await scene.headwater.cli(['mirror', 'plan', name]);
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringMatching(/forced +refs\/heads\/main/) as string });
    const run = await api.updated();
    expect(scene.refs(repo)[main]).toBe(next);
    const undo = await scene.headwater.cli(['mirror', 'undo', name, run.id]);
    expect(undo.code).toBe(0);
    expect(scene.refs(repo)[main]).not.toBe(next);
    const wrong = await scene.headwater.cli(['mirror', 'set', name, '--branch-pattern', '(']);
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('mirror_branch_regex') as string });
  });
});

/** A commit without a parent. */
function orphan(source: TempRepo): string {
  const tree = source.git(['rev-parse', `${main}^{tree}`]);
  return source.git(['commit-tree', tree, '-m', `orphan ${Math.random()}`]);
}

/** Another second commit in place of the one on main. */
function rewrite(source: TempRepo, parent: string): string {
  const tree = source.git(['rev-parse', `${main}^{tree}`]);
  const next = source.git(['commit-tree', tree, '-p', parent, '-m', `rewritten ${Math.random()}`]);
  source.git(['update-ref', main, next]);
  return next;
}
