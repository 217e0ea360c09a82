import { create, ForgeStage, forward } from '../support/forge-stage';
import { describeForges } from '../support/forges';
import { until } from '../support/until';
import type { ForgeProject } from '../../src/ports/forge';

describeForges('Pull requests of a forge', (choice) => {
  let stage: ForgeStage;
  beforeAll(async () => {
    stage = await ForgeStage.start(choice);
  });
  afterAll(() => stage.close());

  const main = 'refs/heads/main';
  const head = 'refs/heads/headwater/upstream/main';
  const wanted = { head, base: main, title: 'Merge main', body: 'See `main`.' };

  /** A project whose main and head have a commit each that the other lacks. */
  async function diverged() {
    const project = await stage.newProject();
    const git = (...args: string[]) => stage.source.git(args);
    const base = stage.source.commit('base', Math.random().toString());
    const child = (name: string, parent: string) => {
      git('update-ref', `refs/heads/${name}`, parent);
      return stage.source.commit(name, Math.random().toString(), `${name}.txt`);
    };
    const [local, next] = [child('local', base), child('next', base)];
    await stage.push(project, [create(main, local)]);
    await stage.push(project, [create(head, next)]);
    // The forge takes a moment to know that it is empty no more.
    await until(async () => !(await stage.adapter.project(project.id)).empty);
    return { project, base, local, next, later: child('next', next) };
  }
  const stateOf = async (project: ForgeProject, number: number) =>
    (await stage.adapter.pullRequest(project, number))?.state;

  test('are opened once, also when they are opened again, and are found by their number', async () => {
    const { project } = await diverged();
    const opened = await stage.adapter.openPullRequest(project, wanted);
    expect(opened).toEqual({ number: 1, url: `${stage.forge.url}/owner/${project.name}/pulls/1`, state: 'open' });
    expect(await stage.adapter.openPullRequest(project, wanted)).toEqual(opened);
    expect(await stage.adapter.pullRequest(project, 1)).toEqual(opened);
    expect(await stage.adapter.pullRequest(project, 2)).toBeNull();
    expect(await stage.forge.pullRequests('owner', project.name)).toMatchObject([
      { number: 1, title: 'Merge main', body: 'See `main`.', base: 'main', head: 'headwater/upstream/main' },
    ]);
  });

  test('are closed and opened again, follow their head, and are known as merged', async () => {
    const { project, local, next, later } = await diverged();
    const { number } = await stage.adapter.openPullRequest(project, wanted);
    await stage.adapter.setPullRequestState(project, number, 'closed');
    expect(await stateOf(project, number)).toBe('closed');
    await stage.adapter.setPullRequestState(project, number, 'open');
    await stage.push(project, [forward(head, next, later)]);
    expect(await stage.adapter.isContained(project, later, local)).toBe(false);
    await stage.forge.mergePullRequest('owner', project.name, number, 'merge');
    expect(await stateOf(project, number)).toBe('merged');
    const merged = (await stage.refs(project))[main] ?? '';
    expect(await stage.adapter.isContained(project, later, merged)).toBe(true);
    await expect(stage.adapter.setPullRequestState(project, number, 'open')).rejects.toMatchObject({
      code: 'pull_request_refused',
    });
  });

  test('are closed when their head is deleted', async () => {
    const { project, next } = await diverged();
    const { number } = await stage.adapter.openPullRequest(project, wanted);
    await stage.push(project, [{ ref: head, oldOid: next, newOid: null, action: 'deleted' }]);
    await until(async () => (await stateOf(project, number)) === 'closed');
  });

  test('are told to be switched off', async () => {
    const { project } = await diverged();
    await stage.forge.switchPullRequests('owner', project.name, false);
    expect(await stage.adapter.project(project.id)).toMatchObject({ hasPullRequests: false });
    await expect(stage.adapter.openPullRequest(project, wanted)).rejects.toMatchObject({
      code: 'pull_request_refused',
      message: expect.stringContaining('404') as string,
    });
  });

  test('are not needed for what a branch contains, and are for unrelated histories and what the forge lacks', async () => {
    const { project, base, local, later } = await diverged();
    expect(await stage.adapter.isContained(project, base, local)).toBe(true);
    expect(await stage.adapter.isContained(project, local, base)).toBe(false);
    expect(await stage.adapter.isContained(project, later, local)).toBe(false);
    const orphan = stage.source.git(['commit-tree', '-m', 'orphan', `${base}^{tree}`]);
    await stage.push(project, [create('refs/heads/orphan', orphan)]);
    expect(await stage.adapter.isContained(project, orphan, local)).toBe(false);
  });
});
