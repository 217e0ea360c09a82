import { create, ForgeStage, summary } from '../support/forge-stage';
import { describeForges } from '../support/forges';
import type { RefUpdate } from '../../src/domain/ref-plan';
import type { ForgeProject } from '../../src/ports/forge';

describeForges('Moving refs to what a forge has already', (choice) => {
  let stage: ForgeStage;
  beforeAll(async () => {
    stage = await ForgeStage.start(choice);
  });
  afterAll(() => stage.close());

  const main = 'refs/heads/main';
  const signal = new AbortController().signal;
  const move = (project: ForgeProject, updates: readonly RefUpdate[]) =>
    stage.adapter.moveRefs({ project, updates, signal });
  const pathOf = (project: ForgeProject) => stage.forge.repositoryPath(project.owner, project.name);
  const valueOf = (project: ForgeProject, ref: string) =>
    stage.source.git(['-C', pathOf(project), '-c', 'safe.directory=*', 'rev-parse', '--verify', ref]);

  async function filled() {
    const project = await stage.newProject();
    const first = stage.source.commit();
    await stage.push(project, [create(main, first)]);
    const second = stage.source.git(['commit-tree', '-m', 'rewritten', `${first}^{tree}`]);
    return { project, first, second };
  }

  test('overwrites with a plain push that says so, branches and tags', async () => {
    const { project, first, second } = await filled();
    const tag = 'refs/tags/v1';
    await stage.push(project, [create(tag, first)]);
    const result = await stage.push(project, [
      { ref: main, oldOid: first, newOid: second, action: 'forced' },
      { ref: tag, oldOid: first, newOid: second, action: 'forced' },
    ]);
    expect(summary(result)).toEqual({ [main]: 'forced', [tag]: 'forced' });
    expect(await stage.refs(project)).toEqual({ [main]: second, [tag]: second });
  });

  test('deletes a branch and a tag, and tells that the default branch stays', async () => {
    const { project, first } = await filled();
    await stage.push(project, [create('refs/heads/old', first), create('refs/tags/old', first)]);
    const gone = (ref: string): RefUpdate => ({ ref, oldOid: first, newOid: null, action: 'deleted' });
    const result = await stage.push(project, [gone('refs/heads/old'), gone('refs/tags/old'), gone(main)]);
    expect(summary(result)).toMatchObject({ 'refs/heads/old': 'deleted', 'refs/tags/old': 'deleted' });
    expect(summary(result)[main]).toMatch(/^rejected/);
    expect(await stage.refs(project)).toEqual({ [main]: first });
  });

  test('keeps an overwritten value under a ref that is neither branch nor tag, and puts it back', async () => {
    const { project, first, second } = await filled();
    const backup = 'refs/headwater/backup/run-1/heads/main';
    expect(summary(await move(project, [create(backup, first)]))).toEqual({ [backup]: 'created' });
    await stage.push(project, [{ ref: main, oldOid: first, newOid: second, action: 'forced' }]);
    expect(valueOf(project, backup)).toBe(first);
    expect(await stage.refs(project)).toEqual({ [main]: second });

    const back = await move(project, [{ ref: main, oldOid: second, newOid: first, action: 'forced' }]);
    expect(summary(back)).toEqual({ [main]: 'forced' });
    expect(await stage.refs(project)).toEqual({ [main]: first });

    expect(summary(await move(project, [{ ref: backup, oldOid: first, newOid: null, action: 'deleted' }]))).toEqual({
      [backup]: 'deleted',
    });
    expect(() => valueOf(project, backup)).toThrow();
  });

  test('moves nothing that is not where it should be, and tells that apart from a refusal', async () => {
    const { project, first, second } = await filled();
    const moved = await move(project, [{ ref: main, oldOid: second, newOid: first, action: 'forced' }]);
    expect(summary(moved)).toEqual({ [main]: 'diverged: moved_meanwhile' });
    const rule = await stage.newRepo();
    const ruled = await stage.adapter.project(rule.id);
    await stage.push(ruled, [create(main, first), create('refs/heads/safe', first)]);
    await stage.forge.protectBranch(rule.owner, rule.name, 'safe');
    const refused = await move(ruled, [
      { ref: 'refs/heads/safe', oldOid: first, newOid: null, action: 'deleted' },
      create('refs/heads/again', first),
    ]);
    expect(summary(refused)).toEqual({
      'refs/heads/safe': 'rejected: branch_protected',
      'refs/heads/again': 'created',
    });
  });

  test('tells that the forge no longer has a value', async () => {
    const { project, second } = await filled();
    const result = await move(project, [create('refs/heads/lost', second)]);
    expect(summary(result)).toEqual({ 'refs/heads/lost': 'rejected: old_value_gone' });
  });

  test('reads the names of branch protection rules with admin rights, and tells that it takes those', async () => {
    const repo = await stage.newRepo();
    const project = await stage.adapter.project(repo.id);
    await stage.forge.protectBranch(repo.owner, repo.name, 'release/*');
    await expect(stage.adapter.branchRules(project)).rejects.toMatchObject({
      code: 'forge_rules_denied',
      advice: expect.stringContaining('headwater-bot') as string,
    });
    await stage.forge.addCollaborator(repo.owner, repo.name, stage.bot.name, 'admin');
    expect(await stage.adapter.branchRules(project)).toEqual(['release/*']);
    await stage.forge.protectTags(repo.owner, repo.name, '/^v[0-9]/', ['owner']);
    expect(await stage.adapter.tagRules(project)).toEqual(['/^v[0-9]/']);
  });
});
