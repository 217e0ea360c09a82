import { Gitlab } from '@gitbeaker/rest';
import { awaitPushEvents } from '../support/await-push-events';
import { describeForges } from '../support/forges';
import type { TestRepo } from '../support/forge-admin';
import { itPythonGitlab, runPythonGitlab } from '../support/gitlab-clients';
import { Scene } from '../support/scene';
import { until } from '../support/until';

describeForges("GitLab's clients, unchanged", (choice) => {
  let scene: Scene;
  let host: string;
  let gitlab: InstanceType<typeof Gitlab>;
  beforeAll(async () => {
    scene = await Scene.start(choice);
    host = scene.headwater.url;
    gitlab = new Gitlab({ host, token: scene.token });
    scene.source.commit('main', 'one');
    scene.source.commit('dev', 'two');
  }, 240_000);
  afterAll(() => scene.close());

  const pathOf = ({ owner, name }: TestRepo) => `${owner}/${name}`;
  const refused = (status: number, description: string) => ({
    cause: { response: { status }, description: expect.stringContaining(description) as unknown },
  });
  /** A project whose pushes can go to a second one, by an address with a password. */
  const pushing = async () => {
    const [{ repo, api }, target] = [await scene.project(), await scene.project()];
    // The forge pushes on by itself whenever something was pushed, and two pushes at once would be in each other's way.
    await awaitPushEvents(scene.forge, repo, Object.keys(scene.upstreamRefs()).length, async () => {
      await api.put(scene.settings);
      await api.settled();
    });
    const { name, password } = scene.maintainer;
    const url = `${scene.forge.url}/${pathOf(target.repo)}.git`;
    return { repo, target: target.repo, url, withPassword: url.replace('://', `://${name}:${password}@`) };
  };

  it('@gitbeaker/rest makes a pull mirror, shows it by number and by path, and is told what is wrong', async () => {
    const { repo, api } = await scene.project();
    const { Projects } = gitlab;
    await expect(Projects.showPullMirror(repo.id)).rejects.toMatchObject(refused(400, 'The project is not mirrored'));
    const url = scene.upstream.url();
    const only = { mirrorBranchRegex: 'main' };
    const made = await Projects.createPullMirror(pathOf(repo), url, true, only);
    expect(made).toMatchObject({ id: repo.id, url, enabled: true, mirror_branch_regex: 'main' });
    await api.settled();
    expect(await Projects.showPullMirror(repo.id)).toMatchObject({
      update_status: 'failed',
      last_error: expect.stringContaining('user'),
    });

    await api.put(scene.settings);
    await api.until((mirror) => mirror.update_status === 'finished');
    const { 'refs/heads/main': main } = scene.upstreamRefs();
    expect(scene.refs(repo)).toEqual({ 'refs/heads/main': main });
    expect(await Projects.showPullMirror(pathOf(repo))).toMatchObject({
      url: url.replace('://', '://*****:*****@'),
      ...{ update_status: 'finished', last_error: null, last_successful_update_at: expect.any(String) },
    });
    const stranger = new Gitlab({ host, token: 'nobody' });
    await expect(stranger.Projects.showPullMirror(repo.id)).rejects.toMatchObject(refused(401, '401 Unauthorized'));
  });

  itPythonGitlab('makes, changes, starts, shows and ends a pull mirror', 'ProjectPullMirror', async () => {
    const { repo, api } = await scene.project();
    const { url, auth_user, auth_password } = scene.settings;
    const lines = `
mirror = project.pull_mirror.create({"url": url, "auth_user": "${auth_user}", "auth_password": "${auth_password}"})
project.pull_mirror.update(new_data={"mirror_branch_regex": "dev"})
project.pull_mirror.start()
print(json.dumps(project.pull_mirror.get().attributes))
`;
    const told = await runPythonGitlab(host, scene.token, { project: repo.id, url }, lines);
    expect(told).toMatchObject({ id: repo.id, enabled: true, mirror_branch_regex: 'dev' });
    expect(
      (await api.until((mirror) => mirror.update_status !== 'started' && mirror.update_status !== 'scheduled'))
        .last_error,
    ).toBeNull();
    expect(Object.keys(scene.refs(repo))).toContain('refs/heads/dev');

    const end = `
mirror = project.pull_mirror.get()
mirror.enabled = False
mirror.save()
try:
    project.pull_mirror.start()
except gitlab.GitlabCreateError as refused:
    print(json.dumps([refused.response_code, refused.error_message]))
`;
    expect(await runPythonGitlab(host, scene.token, { project: pathOf(repo), url }, end)).toEqual([
      400,
      'The project is not mirrored',
    ]);
  });

  it('@gitbeaker/rest adds, lists, shows, edits, syncs and removes a push mirror', async () => {
    const { repo, target, url, withPassword } = await pushing();
    const { ProjectRemoteMirrors: mirrors } = gitlab;
    const made = await mirrors.createPushMirror(pathOf(repo), withPassword, {
      enabled: true,
      keepDivergentRefs: false,
    });
    expect(made).toMatchObject({ url, enabled: true, update_status: 'none', last_error: null });
    expect(await mirrors.all(repo.id)).toEqual([made]);
    expect(await mirrors.show(repo.id, made.id)).toEqual(made);
    expect(await mirrors.edit(repo.id, made.id, { enabled: true })).toEqual(made);
    await expect(mirrors.edit(repo.id, made.id, { enabled: false })).rejects.toMatchObject(refused(409, 'remove'));

    // As with GitLab, the answer does not wait for the push.
    await mirrors.sync(repo.id, made.id);
    await until(async () => (await mirrors.show(repo.id, made.id))['update_status'] !== 'none');
    expect(scene.refs(target)).toEqual(scene.upstreamRefs());
    expect(await mirrors.show(repo.id, made.id)).toMatchObject({
      ...{ update_status: 'finished', last_successful_update_at: expect.any(String) },
    });
    await mirrors.remove(repo.id, made.id);
    expect(await mirrors.all(repo.id)).toEqual([]);
    await expect(mirrors.show(repo.id, made.id)).rejects.toMatchObject(refused(404, '404 Not Found'));
  });

  itPythonGitlab('adds, lists, edits, syncs and removes a push mirror', 'ProjectRemoteMirror.sync', async () => {
    const { repo, target, url, withPassword } = await pushing();
    const lines = `
mirror = project.remote_mirrors.create({"url": url, "enabled": True})
mirror.enabled = True
mirror.save()
mirror.sync()
for _ in range(200):
    listed = [found.attributes for found in project.remote_mirrors.list(get_all=True)]
    if listed[0]["update_status"] != "none":
        break
    time.sleep(0.1)
mirror.delete()
print(json.dumps([listed, len(project.remote_mirrors.list(get_all=True))]))
`;
    const told = await runPythonGitlab(host, scene.token, { project: repo.id, url: withPassword }, lines);
    expect(told).toMatchObject([[{ url, update_status: 'finished', last_error: null }], 0]);
    expect(scene.refs(target)).toEqual(scene.upstreamRefs());
  });

  it('@gitbeaker/rest reads the public key of a push mirror over SSH', async () => {
    const { repo } = await scene.project();
    const made = await gitlab.ProjectRemoteMirrors.createPushMirror(repo.id, 'ssh://git@127.0.0.1/group/project.git');
    const key = `projects/${repo.id}/remote_mirrors/${made.id}/public_key`;
    // The client has no method for it yet.
    expect(await gitlab.requester.get(key)).toMatchObject({
      body: { public_key: expect.stringMatching(/^ssh-ed25519 /) },
    });
  });
});
