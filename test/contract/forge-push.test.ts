import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, ForgeStage, forward, summary } from '../support/forge-stage';
import { describeForges } from '../support/forges';

describeForges('Pushing to a forge', (choice) => {
  let stage: ForgeStage;
  beforeAll(async () => {
    stage = await ForgeStage.start(choice);
  });
  afterAll(() => stage.close());

  test('creates branches and tags in an empty project, and counts the bytes', async () => {
    const project = await stage.newProject();
    const tip = stage.source.commit();
    const seen: number[] = [];
    const result = await stage.adapter.push({
      project,
      cacheDir: stage.source.dir,
      updates: [create('refs/heads/main', tip), create('refs/tags/v1', tip)],
      onProgress: ({ bytes }) => seen.push(bytes),
      signal: new AbortController().signal,
    });
    expect(result.outcomes).toEqual([
      { ref: 'refs/heads/main', oldOid: null, newOid: tip, action: 'created', reason: null },
      { ref: 'refs/tags/v1', oldOid: null, newOid: tip, action: 'created', reason: null },
    ]);
    expect(result.sentBytes).toBeGreaterThan(100);
    expect(seen.at(-1)).toBe(result.sentBytes);
    expect(await stage.refs(project)).toEqual({ 'refs/heads/main': tip, 'refs/tags/v1': tip });
  });

  test('fast-forwards a branch of a filled project', async () => {
    const project = await stage.newProject();
    const first = stage.source.commit();
    await stage.push(project, [create('refs/heads/main', first)]);
    const second = stage.source.commit();
    const result = await stage.push(project, [forward('refs/heads/main', first, second)]);
    expect(summary(result)).toEqual({ 'refs/heads/main': 'fast_forwarded' });
    expect(await stage.refs(project)).toEqual({ 'refs/heads/main': second });
  });

  test('the first branch of an empty project becomes its default branch, and setting it needs no more rights', async () => {
    const project = await stage.newProject();
    await stage.push(project, [create('refs/heads/trunk', stage.source.commit())]);
    await stage.adapter.setDefaultBranch(project, 'refs/heads/trunk');
    expect(await stage.adapter.project(project.id)).toMatchObject({ empty: false, defaultBranch: 'trunk' });
  });

  test('another default branch takes admin rights', async () => {
    const repo = await stage.newRepo();
    const project = await stage.adapter.project(repo.id);
    const tip = stage.source.commit();
    await stage.push(project, [create('refs/heads/main', tip)]);
    await stage.adapter.setDefaultBranch(project, 'refs/heads/main');
    await stage.push(project, [create('refs/heads/next', tip)]);
    await expect(stage.adapter.setDefaultBranch(project, 'refs/heads/next')).rejects.toMatchObject({
      code: 'forge_default_branch_denied',
      advice: expect.stringContaining('headwater-bot') as string,
    });
    await stage.forge.addCollaborator('owner', repo.name, stage.bot.name, 'admin');
    await stage.adapter.setDefaultBranch(project, 'refs/heads/next');
    expect(await stage.adapter.project(project.id)).toMatchObject({ defaultBranch: 'next' });
  });

  test('a ref that moved meanwhile is left as it is and reported, and the others arrive', async () => {
    const project = await stage.newProject();
    const base = stage.source.commit('main');
    await stage.push(project, [create('refs/heads/main', base), create('refs/heads/topic', base)]);
    const theirs = stage.source.commit('theirs');
    await stage.push(project, [create('refs/heads/somebody', theirs), create('refs/tags/taken', theirs)]);
    const ours = stage.source.commit('main');
    const result = await stage.push(project, [
      forward('refs/heads/main', theirs, ours),
      create('refs/heads/somebody', ours),
      create('refs/tags/taken', ours),
      forward('refs/heads/gone', base, ours),
      forward('refs/heads/topic', base, ours),
    ]);
    expect(summary(result)).toEqual({
      'refs/heads/main': 'diverged: moved_meanwhile',
      'refs/heads/somebody': 'diverged: moved_meanwhile',
      'refs/tags/taken': 'diverged: moved_meanwhile',
      'refs/heads/gone': 'diverged: moved_meanwhile',
      'refs/heads/topic': 'fast_forwarded',
    });
    expect(await stage.refs(project)).toEqual({
      'refs/heads/main': base,
      'refs/heads/somebody': theirs,
      'refs/tags/taken': theirs,
      'refs/heads/topic': ours,
    });
  });

  test('a ref that moved since the listing which the push goes by is left as it is, too', async () => {
    const project = await stage.newProject();
    const base = stage.source.commit('main');
    await stage.push(project, [create('refs/heads/main', base), create('refs/heads/topic', base)]);
    const listing = await stage.adapter.listRefs(project, new AbortController().signal);
    const theirs = stage.source.commit('theirs');
    await stage.push(project, [forward('refs/heads/main', base, theirs), create('refs/heads/taken', theirs)]);
    const ours = stage.source.commit('topic');
    const updates = [
      forward('refs/heads/main', base, ours),
      create('refs/heads/taken', ours),
      forward('refs/heads/topic', base, ours),
    ];
    expect(summary(await stage.push(project, updates, { listing }))).toEqual({
      'refs/heads/main': 'diverged: moved_meanwhile',
      'refs/heads/taken': 'diverged: moved_meanwhile',
      'refs/heads/topic': 'fast_forwarded',
    });
    expect(await stage.refs(project)).toEqual({
      'refs/heads/main': theirs,
      'refs/heads/taken': theirs,
      'refs/heads/topic': ours,
    });
  });

  test('a name that is a folder of names in the project is reported as a conflict, and the others arrive', async () => {
    const project = await stage.newProject();
    const tip = stage.source.commit();
    await stage.push(project, [create('refs/heads/a', tip)]);
    const result = await stage.push(project, [create('refs/heads/a/b', tip), create('refs/heads/c', tip)]);
    expect(summary(result)).toEqual({ 'refs/heads/a/b': 'rejected: ref_conflict', 'refs/heads/c': 'created' });
  });

  test('names that a shell or a configuration file would trip over arrive as they are', async () => {
    const project = await stage.newProject();
    const tip = stage.source.commit();
    const names = ['refs/heads/$(id)', "refs/heads/it's", 'refs/heads/a"b', 'refs/heads/ünï=x;y|z', 'refs/tags/-x'];
    const result = await stage.push(
      project,
      names.map((name) => create(name, tip)),
    );
    expect(result.outcomes.map(({ reason }) => reason)).toEqual(names.map(() => null));
    expect(Object.keys(await stage.refs(project)).sort()).toEqual([...names].sort());
  });

  test('an account that may only read is denied', async () => {
    const { id } = await stage.forge.createRepo('owner', 'denied');
    const project = await stage.adapter.project(id);
    await expect(stage.push(project, [create('refs/heads/main', stage.source.commit())])).rejects.toMatchObject({
      code: 'forge_push_denied',
      advice: expect.stringContaining('headwater-bot') as string,
    });
  });

  test('objects that are missing from the cache are the fault of the cache, and nothing moves', async () => {
    const project = await stage.newProject();
    const lost = create('refs/heads/main', '1'.repeat(40));
    await expect(stage.push(project, [lost])).rejects.toMatchObject({ code: 'upstream_corrupt' });
    const empty = mkdtempSync(join(tmpdir(), 'headwater-no-repo-'));
    const tip = create('refs/heads/main', stage.source.commit());
    await expect(stage.push(project, [tip], { cacheDir: empty })).rejects.toMatchObject({ code: 'upstream_corrupt' });
    rmSync(empty, { recursive: true });
    expect(await stage.refs(project)).toEqual({});
  });

  test('an aborted push raises its reason', async () => {
    const project = await stage.newProject();
    const abort = new AbortController();
    const push = stage.adapter.push({
      project,
      cacheDir: stage.source.dir,
      updates: [create('refs/heads/main', stage.source.commit())],
      onProgress: () => abort.abort(new Error('stop now')),
      signal: abort.signal,
    });
    await expect(push).rejects.toThrow('stop now');
  });
});
