import { describeForges } from '../support/forges';
import { Scene } from '../support/scene';
import { until } from '../support/until';

describeForges('NET-05: a forge that is down for a while', (choice) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.start(choice, { MIN_UPDATE_INTERVAL: '1s' });
    scene.source.commit('main', 'one');
  }, 240_000);
  afterAll(() => scene.close());

  it('fails nobody for good: all mirrors go on by themselves soon after it is back', async () => {
    const made = [await scene.project(), await scene.project()];
    for (const { api } of made) {
      await api.put(scene.settings);
      await api.settled();
    }
    const before = await Promise.all(made.map(({ api }) => api.runs()));
    scene.source.commit('main', 'while the forge was down');
    await scene.forge.goDown();
    for (const { repo } of made) {
      const told = await scene.headwater.cli(['mirror', 'sync', `${repo.owner}/${repo.name}`]);
      expect([told.code, `${told.stdout}${told.stderr}`]).toEqual([1, expect.stringContaining('forge_unreachable')]);
    }
    await scene.forge.comeBack();

    const tip = scene.upstreamRefs()['refs/heads/main'];
    await until(() => made.every(({ repo }) => scene.refs(repo)['refs/heads/main'] === tip));
    for (const [at, { api }] of made.entries()) {
      const mirror = await api.settled();
      expect(mirror).toMatchObject({ update_status: 'finished', failures: 0, paused: false, last_error: null });
      const [again, failed] = (await api.runs()).slice(0, 2);
      expect([again?.cause, again?.status, failed?.error?.code]).toEqual(['clock', 'finished', 'forge_unreachable']);
      expect(await api.runs()).toHaveLength((before[at]?.length ?? 0) + 2);
    }
  });
});
