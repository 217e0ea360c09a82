import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestRepo } from '../support/forge-admin';
import { describeForges } from '../support/forges';
import type { MirrorApi } from '../support/headwater';
import { HoldingProxy } from '../support/holding-proxy';
import { childrenOf, processesWith } from '../support/processes';
import { Scene } from '../support/scene';
import { until } from '../support/until';

/** Short enough that a dead worker is noticed within the test. */
const settings = {
  ...{ LEASE: '2s', PASS_INTERVAL: '1s', UPDATE_INTERVAL: '1h', LOG_LEVEL: 'warn' },
  SHUTDOWN_GRACE: '500ms',
};

describeForges('CRASH-01: kill -9', (choice) => {
  let scene: Scene;
  let proxy: HoldingProxy;

  beforeAll(async () => {
    scene = await Scene.start(choice, settings);
    proxy = await HoldingProxy.start(scene.upstream.port);
    for (let i = 0; i < 20; i += 1) scene.source.commit('main', randomBytes(20_000), `file-${i}.bin`);
    scene.source.commit('dev', 'dev');
    scene.source.git(['tag', 'v1', 'main']);
  }, 240_000);
  afterAll(async () => {
    await proxy.close();
    await scene.close();
  });

  async function enrolled(): Promise<{ repo: TestRepo; api: MirrorApi }> {
    const { repo, api } = await scene.project();
    return { repo, api };
  }

  const enrol = (api: MirrorApi) => api.put({ ...scene.settings, url: `http://127.0.0.1:${proxy.port}/project.git` });

  /** The state that an unbroken run would have led to, with nothing left behind. */
  async function expectWhole(repo: TestRepo, api: MirrorApi): Promise<void> {
    const mirror = await api.until((state) => state.update_status === 'finished');
    expect(mirror).toMatchObject({
      failures: 0,
      paused: false,
      last_error: null,
      last_counts: { rejected: 0, diverged: 0 },
    });
    expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
    expect((await scene.forge.repo(repo.owner, repo.name)).defaultBranch).toBe('main');
    const files = await scene.headwater.files();
    expect(files.filter((file) => file.startsWith('cache') && /pack_git2_|\.lock$|tmp_|\.new$/.test(file))).toEqual([]);
    expect((await api.updated()).counts).toMatchObject({ unchanged: Object.keys(scene.upstreamRefs()).length });
  }

  it.each([
    ['while the upstream is listed', 0],
    ['in the middle of the pack', 150_000],
  ])('of everything %s', async (_, bytes) => {
    const { repo, api } = await enrolled();
    const held = proxy.holdAfter(bytes);
    await enrol(api);
    await held;
    await scene.headwater.stop('SIGKILL');
    proxy.release();
    await scene.headwater.start();
    await expectWhole(repo, api);
  });

  it('of everything while the pack is on its way into the forge leaves it empty until the next run', async () => {
    const { repo, api } = await enrolled();
    const held = proxy.holdAfter(150_000);
    await enrol(api);
    await held;
    const objects = join(scene.forge.repositoryPath(repo.owner, repo.name), 'objects');
    await until(() => readdirSync(objects).some((name) => name.startsWith('tmp_objdir')));
    expect(scene.refs(repo)).toEqual({});
    await scene.headwater.stop('SIGKILL');
    proxy.release();
    expect(scene.refs(repo)).toEqual({});
    expect(readdirSync(join(objects, 'pack'))).toEqual([]);
    await scene.headwater.start();
    await expectWhole(repo, api);
  });

  it.each([
    ['before the forge has accepted the push', 'pre-receive'],
    ['after the forge has accepted the push, before we know', 'post-receive'],
  ] as const)('of everything %s', async (_, hook) => {
    const { repo, api } = await enrolled();
    const flag = join(tmpdir(), `headwater-hold-${process.pid}-${Date.now()}`);
    await writeFile(flag, '');
    try {
      const script = `cat > /dev/null; touch '${flag}.reached'; while [ -e '${flag}' ]; do sleep 0.05; done\n`;
      await scene.forge.addGitHook(repo.owner, repo.name, hook, script);
      await enrol(api);
      await until(() => existsSync(`${flag}.reached`));
      await scene.headwater.stop('SIGKILL');
      await rm(flag, { force: true });
      await scene.headwater.start();
      await expectWhole(repo, api);
    } finally {
      await rm(flag, { force: true });
      await rm(`${flag}.reached`, { force: true });
    }
  });

  it('of everything leaves no process behind', async () => {
    const { repo, api } = await enrolled();
    const held = proxy.holdAfter(150_000);
    await enrol(api);
    await held;
    await scene.headwater.stop('SIGKILL');
    await until(() => processesWith(scene.headwater.dataDir).length === 0);
    proxy.release();
    await scene.headwater.start();
    await expectWhole(repo, api);
  });

  it('of the fetch child fails the run with its code, and the next pass mends it', async () => {
    const { repo, api } = await enrolled();
    const held = proxy.holdAfter(150_000);
    await enrol(api);
    await held;
    for (const child of childrenOf(scene.headwater.pid, 'fetch-child')) process.kill(child.pid, 'SIGKILL');
    const failed = await api.until((state) => state.last_error !== null);
    expect(failed.last_error).toMatchObject({ code: 'fetch_crashed', message: expect.stringContaining('SIGKILL') });
    proxy.release();
    await expectWhole(repo, api);
  });

  it('CRASH-04: a polite stop in the middle of a fetch gives the run back, and blames nobody', async () => {
    const { repo, api } = await enrolled();
    const held = proxy.holdAfter(150_000);
    await enrol(api);
    await held;
    await scene.headwater.stop('SIGTERM');
    await until(() => processesWith(scene.headwater.dataDir).length === 0);
    proxy.release();
    await scene.headwater.start();
    await expectWhole(repo, api);
    // It is the same run that was taken up again.
    expect((await api.runs()).map(({ cause, status }) => [cause, status])).toEqual([
      ['manual', 'finished'],
      ['enrolled', 'finished'],
    ]);
  });

  it('SCHED-02: of Redis while a run waits loses nothing', async () => {
    const { repo, api } = await enrolled();
    await enrol(api);
    for (const redis of processesWith('redis-server').filter((one) => one.command.includes(scene.headwater.dataDir))) {
      process.kill(redis.pid, 'SIGKILL');
    }
    await expectWhole(repo, api);
  });
});
