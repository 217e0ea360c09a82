import { create, ForgeStage } from '../support/forge-stage';
import { describeForges } from '../support/forges';

describeForges('Projects of a forge', (choice) => {
  let stage: ForgeStage;
  beforeAll(async () => {
    stage = await ForgeStage.start(choice);
  });
  afterAll(() => stage.close());

  test('the account is that of the token', async () => {
    expect(await stage.adapter.account()).toBe('headwater-bot');
  });

  test('it says what it is and how it looks', async () => {
    const look = await stage.adapter.look();
    expect(look).toMatchObject({ keepsLfs: true, theme: expect.stringMatching(/^(forgejo|gitea)-/) });
    expect(look.theme.startsWith(look.name.toLowerCase())).toBe(true);
  });

  test('a new project is found by id and by path, and is empty', async () => {
    const repo = await stage.newRepo();
    const expected = {
      id: repo.id,
      owner: 'owner',
      name: repo.name,
      empty: true,
      archived: false,
      private: false,
      nativeMirror: false,
      defaultBranch: 'main',
      canPush: true,
      ownerId: expect.any(Number) as number,
      hasPullRequests: true,
      originalUrl: null,
      canAdminister: false,
    };
    expect(await stage.adapter.project(repo.id)).toEqual(expected);
    expect(await stage.adapter.projectByPath('owner', repo.name)).toEqual(expected);
  });

  test('a renamed project is found by its id and by its old path, under the new name', async () => {
    const repo = await stage.newRepo();
    await stage.forge.rename('owner', repo.name, `${repo.name}-renamed`);
    expect(await stage.adapter.project(repo.id)).toMatchObject({ id: repo.id, name: `${repo.name}-renamed` });
    expect(await stage.adapter.projectByPath('owner', repo.name)).toMatchObject({ name: `${repo.name}-renamed` });
  });

  test('a project that is gone, or that the account cannot see, is missing; the advice names the account', async () => {
    const hidden = await stage.forge.createRepo('owner', 'hidden', { private: true });
    const missing = { code: 'forge_project_missing', advice: expect.stringContaining('headwater-bot') as string };
    await expect(stage.adapter.project(999_999)).rejects.toMatchObject(missing);
    await expect(stage.adapter.project(hidden.id)).rejects.toMatchObject(missing);
    await expect(stage.adapter.projectByPath('owner', 'nothing-here')).rejects.toMatchObject(missing);
    await expect(stage.adapter.projectByPath('..', '..')).rejects.toMatchObject(missing);
  });

  test('a public project without write access is seen and cannot be pushed to', async () => {
    const repo = await stage.forge.createRepo('owner', 'read-only');
    expect(await stage.adapter.project(repo.id)).toMatchObject({ canPush: false });
  });

  test('an archived project says so, and refuses listing for a push and pushing', async () => {
    const repo = await stage.newRepo();
    await stage.forge.archive('owner', repo.name, true);
    const project = await stage.adapter.project(repo.id);
    expect(project.archived).toBe(true);
    const archived = { code: 'forge_project_archived' };
    await expect(stage.refs(project)).rejects.toMatchObject(archived);
    await expect(stage.push(project, [create('refs/heads/main', stage.source.commit())])).rejects.toMatchObject(
      archived,
    );
  });

  test("one of the forge's own mirrors says so, and refuses a push", async () => {
    const original = await stage.newProject();
    await stage.push(original, [create('refs/heads/main', stage.source.commit())]);
    const cloneUrl = `${stage.forge.url}/owner/${original.name}.git`;
    const mirror = await stage.forge.createNativeMirror('owner', 'native-mirror', cloneUrl);
    await stage.forge.addCollaborator('owner', 'native-mirror', stage.bot.name, 'write');
    const project = await stage.adapter.project(mirror.id);
    expect(project.nativeMirror).toBe(true);
    const readOnly = { code: 'forge_project_is_native_mirror' };
    await expect(stage.refs(project)).rejects.toMatchObject(readOnly);
    await expect(stage.push(project, [create('refs/heads/x', stage.source.commit())])).rejects.toMatchObject(readOnly);
  });

  test('refs of an empty project are none, and of a filled one its branches and tags', async () => {
    const project = await stage.newProject();
    expect(await stage.refs(project)).toEqual({});
    const tip = stage.source.commit();
    await stage.push(project, [create('refs/heads/main', tip), create('refs/tags/v1', tip)]);
    expect(await stage.refs(project)).toEqual({ 'refs/heads/main': tip, 'refs/tags/v1': tip });
  });

  test('a project that was removed meanwhile is missing to listing and pushing', async () => {
    const project = await stage.newProject();
    await stage.forge.removeRepo('owner', project.name);
    const missing = { code: 'forge_project_missing' };
    await expect(stage.refs(project)).rejects.toMatchObject(missing);
    await expect(stage.push(project, [create('refs/heads/main', stage.source.commit())])).rejects.toMatchObject(
      missing,
    );
  });
});
