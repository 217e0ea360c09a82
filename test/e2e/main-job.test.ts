import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeForges } from '../support/forges';
import { Scene } from '../support/scene';
import { startWebhookReceiver } from '../support/webhook-receiver';

describeForges('the main job', (choice) => {
  let scene: Scene;
  let first: string;

  beforeAll(async () => {
    scene = await Scene.start(choice);
    const { source } = scene;
    first = source.commit('trunk', 'one');
    source.commit('trunk', 'two');
    source.commit('feature/x', 'three');
    source.git(['update-ref', 'refs/heads/old', first]);
    source.git(['tag', '-a', '-m', 'first release', 'v1', first]);
    source.git(['update-ref', 'refs/tags/light', first]);
    source.git(['update-ref', 'refs/pull/1/head', first]);
    source.git(['symbolic-ref', 'HEAD', 'refs/heads/trunk']);
  }, 240_000);
  afterAll(() => scene.close());

  it('imports an upstream into an empty project, follows its default branch, and every hook fires', async () => {
    const { repo, api } = await scene.project();
    const receiver = await startWebhookReceiver();
    const witness = join(tmpdir(), `headwater-hook-${process.pid}-${Date.now()}`);
    try {
      await scene.forge.addWebhook(repo, { url: receiver.url, secret: receiver.secret, events: ['push', 'create'] });
      await scene.forge.addGitHook(repo.owner, repo.name, 'post-receive', `cat >> '${witness}'\n`);

      const created = await api.put(scene.settings);
      expect(created.status).toBe(201);
      const mirror = await api.settled();

      expect(mirror).toMatchObject({
        update_status: 'finished',
        last_error: null,
        upstream_default_branch: 'trunk',
        has_password: true,
      });
      expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
      expect(Object.keys(scene.refs(repo)).filter((ref) => ref.startsWith('refs/pull'))).toEqual([]);
      expect((await scene.forge.repo(repo.owner, repo.name)).defaultBranch).toBe('trunk');

      await receiver.until((all) => all.filter((one) => one.event === 'push').length >= 5);
      expect(receiver.deliveries.every((one) => one.signed)).toBe(true);
      const pushed = receiver.deliveries.filter((one) => one.event === 'push').map((one) => one.payload['ref']);
      expect(new Set(pushed)).toEqual(new Set(Object.keys(scene.upstreamRefs())));
      expect(await readFile(witness, 'utf8')).toContain('refs/heads/trunk');
    } finally {
      await receiver.close();
    }
  });

  it('brings a new commit with "Update now", and tells what moved from where to where', async () => {
    const { repo, api } = await scene.project();
    await api.put(scene.settings);
    await api.settled();
    const before = scene.refs(repo)['refs/heads/trunk'];
    const next = scene.source.commit('trunk', `new ${Date.now()}`);

    const run = await api.updated();
    expect(scene.refs(repo)['refs/heads/trunk']).toBe(next);
    expect(run).toMatchObject({ cause: 'manual', status: 'finished', counts: { fast_forwarded: 1, created: 0 } });
    expect(run.refs).toEqual([
      { ref: 'refs/heads/trunk', old: before, new: next, action: 'fast_forwarded', reason: null },
    ]);
  });

  it('asks the upstream once, and starts no fetch, when nothing is new', async () => {
    const { api } = await scene.project();
    await api.put(scene.settings);
    await api.settled();
    scene.upstream.requests.length = 0;
    const run = await api.updated();
    expect(run).toMatchObject({ status: 'finished', counts: { unchanged: Object.keys(scene.upstreamRefs()).length } });
    expect(scene.upstream.requests).toEqual(['GET /project.git/info/refs?service=git-upload-pack']);
  });

  it('leaves a ref alone that somebody moved in the project, and reports it', async () => {
    const { repo, api } = await scene.project();
    await api.put(scene.settings);
    await api.settled();
    const local = localCommit(scene, repo, 'refs/heads/old');
    scene.source.commit('old', `upstream work ${Date.now()}`);

    const run = await api.updated();
    expect(scene.refs(repo)['refs/heads/old']).toBe(local);
    expect(run.refs).toMatchObject([
      { ref: 'refs/heads/old', old: local, action: 'diverged', reason: { code: 'moved_in_forge' } },
    ]);
    expect(await api.mirror()).toMatchObject({ update_status: 'finished', last_counts: { diverged: 1 } });
  });

  it('lets a protected branch refuse only itself', async () => {
    const { repo, api } = await scene.project();
    await scene.forge.protectBranch(repo.owner, repo.name, 'feature/*');
    await api.put(scene.settings);
    const mirror = await api.settled();
    expect(mirror).toMatchObject({ update_status: 'finished', last_counts: { rejected: 1 } });
    const { 'refs/heads/feature/x': refused, ...others } = scene.upstreamRefs();
    expect(refused).toBeDefined();
    expect(scene.refs(repo)).toEqual(others);
    const [run] = await api.runs();
    const { refs = [] } = await api.run(run?.id ?? '');
    expect(refs.filter((one) => one.action === 'rejected')).toMatchObject([
      {
        ref: 'refs/heads/feature/x',
        reason: { code: 'branch_protected', advice: expect.stringContaining('headwater-bot') },
      },
    ]);
  });

  it('lets a pre-receive hook refuse only what it refuses', async () => {
    const { repo, api } = await scene.project();
    const script =
      'while read old new ref; do case "$ref" in refs/tags/light) echo "no lightweight tags here" >&2; exit 1;; esac; done\n';
    await scene.forge.addGitHook(repo.owner, repo.name, 'pre-receive', script);
    await api.put(scene.settings);
    await api.settled();
    const [run] = await api.runs();
    const { refs = [] } = await api.run(run?.id ?? '');
    expect(refs.filter((one) => one.action === 'rejected')).toMatchObject([
      {
        ref: 'refs/tags/light',
        reason: { code: 'hook_declined', message: expect.stringContaining('no lightweight tags here') },
      },
    ]);
    const { 'refs/tags/light': refused, ...others } = scene.upstreamRefs();
    expect(refused).toBeDefined();
    expect(scene.refs(repo)).toEqual(others);
  });

  it('follows a project that was renamed', async () => {
    const { repo, api } = await scene.project();
    await api.put(scene.settings);
    await api.settled();
    await scene.forge.rename(repo.owner, repo.name, `${repo.name}-renamed`);
    const next = scene.source.commit('trunk', `after the rename ${Date.now()}`);
    const renamed = scene.headwater.as(scene.token, repo.owner, `${repo.name}-renamed`);
    expect(await renamed.updated()).toMatchObject({ status: 'finished' });
    expect(scene.refs({ owner: repo.owner, name: `${repo.name}-renamed` })['refs/heads/trunk']).toBe(next);
  });

  it('deletes nothing when the mirror is removed, and leaves no cache and no secret behind', async () => {
    const { repo, api } = await scene.project();
    await api.put(scene.settings);
    const { id } = await api.settled();
    const before = scene.refs(repo);
    expect((await scene.headwater.files()).some((file) => file.includes(id))).toBe(true);
    expect((await api.call('DELETE')).status).toBe(204);
    await expect(api.mirror()).rejects.toMatchObject({ status: 404 });
    expect(scene.refs(repo)).toEqual(before);
    expect((await scene.headwater.files()).filter((file) => file.includes(id))).toEqual([]);
  });

  it('ignores credentials inside the URL, and says so', async () => {
    const { api } = await scene.project();
    const { data } = await api.put({
      ...scene.settings,
      url: scene.upstream.url().replace('http://', 'http://eve:stolen@'),
    });
    expect(data).toMatchObject({ url: scene.upstream.url(), warnings: [{ code: 'url_credentials_ignored' }] });
    expect(await api.settled()).toMatchObject({ update_status: 'finished' });
    expect(scene.headwater.output).not.toContain('stolen');
  });

  it('keeps every secret out of what it prints', () => {
    expect(scene.headwater.output).not.toContain(scene.settings.auth_password);
    expect(scene.headwater.output).not.toContain(scene.token);
    expect(scene.headwater.output).toContain('run finished');
  });
});

/** Somebody commits in the project, past Headwater. */
function localCommit(scene: Scene, repo: { owner: string; name: string }, ref: string): string {
  const dir = scene.forge.repositoryPath(repo.owner, repo.name);
  const tree = scene.source.git(['-C', dir, '-c', 'safe.directory=*', 'rev-parse', `${ref}^{tree}`]);
  const commit = scene.source.git([
    ...['-C', dir, '-c', 'safe.directory=*', '-c', 'user.name=Local', '-c', 'user.email=local@example.org'],
    ...['commit-tree', tree, '-p', ref, '-m', 'local work'],
  ]);
  scene.source.git(['-C', dir, '-c', 'safe.directory=*', 'update-ref', ref, commit]);
  return commit;
}
