import { execFileSync } from 'node:child_process';
import type { TestRepo } from '../support/forge-admin';
import { describeForges } from '../support/forges';
import { HostileUpstream, answer, lists, packResult, refsListing, uploadPackResult } from '../support/hostile-upstream';
import { Scene } from '../support/scene';

describeForges('an import', (choice) => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.start(choice, { PUSH_PORTION: '2' });
    for (let count = 0; count < 8; count += 1) scene.source.commit('main', `line ${count}\n`.repeat(500));
    for (const branch of ['a', 'b/c', 'd']) scene.source.commit(branch, `text of ${branch}`);
    for (const tag of ['v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7'])
      scene.source.git(['tag', '-a', '-m', tag, tag, 'main']);
  }, 240_000);
  afterAll(() => scene.close());

  const gitIn = (repo: TestRepo, ...args: readonly string[]): string => {
    const dir = scene.forge.repositoryPath(repo.owner, repo.name);
    return execFileSync('git', ['-c', 'safe.directory=*', '--git-dir', dir, ...args], { stdio: 'pipe' }).toString();
  };

  it('reaches the forge while it is fetched, and leaves a sound repository and one small object that nothing needs', async () => {
    const { repo, api } = await scene.project();
    await api.put(scene.settings);
    expect(await api.settled()).toMatchObject({ update_status: 'finished', last_error: null });
    expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
    const [, dangling = ''] = /^dangling blob ([0-9a-f]{40})\n$/.exec(gitIn(repo, 'fsck', '--full')) ?? [];
    expect(gitIn(repo, 'cat-file', 'blob', dangling)).toMatch(/^Headwater sealed an import with [0-9a-f]{32}\n$/);
    const [run] = await api.runs();
    expect(run).toMatchObject({ counts: { created: Object.keys(scene.upstreamRefs()).length } });
    expect(run?.sent_bytes).toBeGreaterThan(1_000);
  });

  it('of a pack with something behind its end fails, and nothing of it is in the forge', async () => {
    const { repo, api } = await scene.project();
    const bad = Buffer.concat([scene.source.pack('main'), Buffer.alloc(5_000)]);
    const hostile = await HostileUpstream.start({
      listing: lists(refsListing({ 'refs/heads/main': scene.source.resolve('main') ?? '' })),
      rpc: answer(200, { 'content-type': uploadPackResult }, packResult(bad)),
    });
    try {
      await api.put({ url: hostile.url });
      expect(await api.settled()).toMatchObject({ last_error: { code: 'upstream_corrupt' } });
      expect(scene.refs(repo)).toEqual({});
      expect(gitIn(repo, 'count-objects', '-v')).toMatch(/^count: 0\n[^]*in-pack: 0\n/);
    } finally {
      await hostile.close();
    }
  });
});
