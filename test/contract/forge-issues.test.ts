import { describeForges } from '../support/forges';
import { ForgeStage } from '../support/forge-stage';

describeForges('issues of the forge', (choice) => {
  let stage: ForgeStage;
  let adapter: ForgeStage['adapter'];
  beforeAll(async () => {
    stage = await ForgeStage.start(choice);
    const token = await stage.token(stage.bot, ['write:repository', 'read:user', 'write:issue']);
    adapter = ForgeStage.adapter(stage.forge.url, token);
  });
  afterAll(async () => {
    adapter.close();
    await stage.close();
  });

  const mark = '<!-- headwater:one -->';
  const issue = { mark, title: 'Paused', body: `It *stands* still.\n\n${mark}` };
  const told = async (name: string) =>
    (await stage.forge.issues('owner', name)).map(({ number, state, title, comments }) => [
      ...[number, state, title],
      comments,
    ]);

  test('one is opened, and no second one while it is open', async () => {
    const project = await stage.newProject();
    const number = await adapter.openIssue({ project, ...issue });
    expect(await adapter.openIssue({ project, ...issue, title: 'Again' })).toBe(number);
    expect(await told(project.name)).toEqual([[number, 'open', 'Paused', []]]);
    const [shown] = await stage.forge.issues('owner', project.name);
    expect(shown).toMatchObject({ author: 'headwater-bot', body: issue.body });
  });

  test('it is commented and closed, and another one opened the next time', async () => {
    const project = await stage.newProject();
    const number = await adapter.openIssue({ project, ...issue });
    expect(await adapter.closeIssue({ project, mark, comment: 'Works again.' })).toBe(number);
    expect(await adapter.closeIssue({ project, mark, comment: 'Works again.' })).toBeNull();
    await adapter.openIssue({ project, ...issue });
    expect(await told(project.name)).toEqual([
      [number, 'closed', 'Paused', ['Works again.']],
      [number + 1, 'open', 'Paused', []],
    ]);
  });

  test('of two mirrors the one with the right mark is found, and nobody else’s issue', async () => {
    const project = await stage.newProject();
    const other = '<!-- headwater:two -->';
    await adapter.openIssue({ project, mark: other, title: 'Other', body: other });
    expect(await adapter.closeIssue({ project, mark, comment: 'No.' })).toBeNull();
    expect((await told(project.name))[0]?.[1]).toBe('open');
  });

  test('one that somebody closed or deleted is not missed', async () => {
    const project = await stage.newProject();
    const number = await adapter.openIssue({ project, ...issue });
    await stage.forge.deleteIssue('owner', project.name, number);
    expect(await adapter.closeIssue({ project, mark, comment: 'Works again.' })).toBeNull();
    const second = await adapter.openIssue({ project, ...issue });
    await stage.forge.closeIssue('owner', project.name, second);
    expect(await adapter.closeIssue({ project, mark, comment: 'Works again.' })).toBeNull();
    expect(await told(project.name)).toEqual([[second, 'closed', 'Paused', []]]);
  });

  test('a project without issues, and one that is archived, say so', async () => {
    const project = await stage.newProject();
    await stage.forge.switchIssues('owner', project.name, false);
    await expect(adapter.openIssue({ project, ...issue })).rejects.toMatchObject({ code: 'forge_issue_denied' });
    await expect(adapter.closeIssue({ project, mark, comment: '' })).rejects.toMatchObject({
      code: 'forge_issue_denied',
    });
    await stage.forge.switchIssues('owner', project.name, true);
    await stage.forge.archive('owner', project.name, true);
    await expect(adapter.openIssue({ project, ...issue })).rejects.toMatchObject({ code: 'forge_project_archived' });
  });

  test('a token without the scope is named as such', async () => {
    const project = await stage.newProject();
    await expect(stage.adapter.openIssue({ project, ...issue })).rejects.toMatchObject({
      code: 'forge_issue_denied',
      message: expect.stringContaining('write:issue'),
    });
  });
});
