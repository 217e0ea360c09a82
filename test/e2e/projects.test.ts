import { Octokit } from '@octokit/rest';
import { describeForges } from '../support/forges';
import type { MirrorAnswer } from '../support/headwater';
import { Scene } from '../support/scene';
import { watchOctokit } from '../support/watch-octokit';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describeForges('Projects and connections, through the API with octokit', (choice) => {
  let scene: Scene;
  let octokit: Octokit;
  beforeAll(async () => {
    scene = await Scene.start(choice);
    scene.source.commit('main');
    scene.source.commit('dev');
    const scopes = ['write:user', 'write:repository', 'write:organization'];
    const { token } = await scene.forge.createToken(scene.maintainer, scopes);
    octokit = watchOctokit(new Octokit({ auth: token, baseUrl: `${scene.headwater.url}/api/v1`, log: quiet }));
  }, 240_000);
  afterAll(() => scene.close());

  const refusal = (asked: Promise<unknown>) =>
    asked.then(
      () => 'it was done',
      ({ status, response }: { status: number; response?: { data: { code: string } } }) =>
        `${status} ${response?.data.code}`,
    );

  it('tests a connection before anything is saved', async () => {
    const { repo, api } = await scene.project();
    const test = (data: object) =>
      octokit.request('POST /repos/{owner}/{repo}/mirror/test', { owner: repo.owner, repo: repo.name, data });
    expect((await test(scene.settings)).data).toEqual({
      url: scene.settings.url,
      branches: 2,
      tags: 0,
      default_branch: 'main',
      project_branches: 0,
      warnings: [],
    });
    expect(await refusal(test({ ...scene.settings, auth_password: 'wrong' }))).toBe('400 upstream_credentials_refused');
    expect(await refusal(test({ url: 'http://169.254.169.254/latest/meta-data' }))).toBe('400 url_blocked');
    expect(await refusal(api.mirror())).toBe('404 mirror_not_found');
    const told = await scene.headwater.cli([
      'mirror',
      'test',
      `${repo.owner}/${repo.name}`,
      '--url',
      scene.settings.url,
    ]);
    expect([told.code, told.stderr]).toEqual([1, expect.stringContaining('(upstream_auth_required)')]);
  });

  it.each(['maintainer', 'group'])(
    'makes a project for %s together with its mirror, imports it and follows it',
    async (owner) => {
      if (owner === 'group') await scene.forge.createOrganization('group', scene.maintainer);
      const data = { owner, name: 'imported', description: 'From elsewhere', ...scene.settings };
      const made = await octokit.request('POST /repos/mirror', { data });
      expect([made.status, (made.data as MirrorAnswer).has_password]).toEqual([201, true]);
      const api = scene.headwater.as(scene.token, owner, 'imported');
      expect((await api.settled()).update_status).toBe('finished');
      expect(scene.refs({ owner, name: 'imported' })).toEqual(scene.upstreamRefs());
      scene.source.commit('main');
      await api.updated();
      expect(scene.refs({ owner, name: 'imported' })).toEqual(scene.upstreamRefs());
      expect(await refusal(octokit.request('POST /repos/mirror', { data }))).toBe('409 project_exists');
    },
  );

  it('leaves project and mirror when the first import fails, and both are mended by a change of settings', async () => {
    const data = { ...scene.settings, owner: 'maintainer', name: 'mended', auth_password: 'wrong' };
    await octokit.request('POST /repos/mirror', { data });
    const api = scene.headwater.as(scene.token, 'maintainer', 'mended');
    expect((await api.settled()).last_error?.code).toBe('upstream_credentials_refused');
    await api.put({ auth_password: scene.settings.auth_password });
    await api.until((mirror) => mirror.update_status === 'finished');
    expect(scene.refs({ owner: 'maintainer', name: 'mended' })).toEqual(scene.upstreamRefs());
  });

  it('the command line makes projects with the add-on’s account, or says what that lacks', async () => {
    const args = ['mirror', 'create', 'headwater-bot/imported', '--url', scene.settings.url];
    const refused = await scene.headwater.cli(args);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('write:user')]);
  });

  it('keeps push mirrors of the forge in the same place: adds one, syncs it, and removes it', async () => {
    const [{ repo, api }, target] = [await scene.project(), await scene.project()];
    await api.put(scene.settings);
    await api.settled();
    const push = { owner: repo.owner, repo: repo.name };
    const made = await octokit.request('POST /repos/{owner}/{repo}/mirror/push', {
      ...push,
      data: {
        url: `${scene.forge.url}/${target.repo.owner}/${target.repo.name}.git`,
        auth_user: scene.maintainer.name,
        auth_password: scene.maintainer.password,
        interval: '1h',
        // The forge may still be about to push on what was imported.
        sync_on_commit: false,
      },
    });
    const { name } = made.data as { name: string };
    expect([made.status, JSON.stringify(made.data)]).toEqual([
      201,
      expect.not.stringContaining(scene.maintainer.password),
    ]);
    const synced = await octokit.request('POST /repos/{owner}/{repo}/mirror/push/sync', push);
    expect(synced.data).toMatchObject({
      status: 'finished',
      push_mirrors: [{ name, interval: '1h', last_error: null }],
    });
    expect(scene.refs(target.repo)).toEqual(scene.upstreamRefs());
    const upstream = octokit.request('POST /repos/{owner}/{repo}/mirror/push', { ...push, data: scene.settings });
    expect(await refusal(upstream)).toBe('409 push_mirror_is_upstream');
    const remove = () => octokit.request('DELETE /repos/{owner}/{repo}/mirror/push/{name}', { ...push, name });
    expect((await remove()).status).toBe(204);
    expect(await refusal(remove())).toBe('404 push_mirror_not_found');
    const refused = await scene.headwater.cli(['mirror', 'push', 'list', `${repo.owner}/${repo.name}`]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('(push_mirrors_denied)')]);
  });
});
