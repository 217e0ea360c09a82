import { createNewProjects } from '../../src/adapters/forge/new-projects';
import { Secret } from '../../src/domain/credentials';
import type { NewProject } from '../../src/ports/new-projects';
import type { TestUser } from '../support/forge-admin';
import { ForgeStage } from '../support/forge-stage';
import { describeForges } from '../support/forges';

const ownScopes = ['write:user', 'write:repository'];
const groupScopes = ['write:organization', 'read:user', 'write:repository'];

describeForges('Projects made with the caller’s token', (choice) => {
  let stage: ForgeStage;
  let stranger: TestUser;
  let made = 0;
  const newProjects = () => createNewProjects({ url: stage.forge.url });
  const token = async (user: TestUser, scopes: readonly string[]) => new Secret(await stage.token(user, scopes));
  const wanted = (owner: string, changes: Partial<NewProject> = {}): NewProject => {
    made += 1;
    return { owner, name: `made-${made}`, private: true, description: 'From elsewhere', ...changes };
  };
  beforeAll(async () => {
    stage = await ForgeStage.start(choice);
    stranger = await stage.forge.createUser('stranger');
    await stage.forge.createOrganization('group', stage.owner);
  });
  afterAll(() => stage.close());

  test('an account makes projects for itself, private or public, empty', async () => {
    for (const isPrivate of [true, false]) {
      const project = wanted('owner', { private: isPrivate });
      const { id, owner, name } = await newProjects().create(await token(stage.owner, ownScopes), project);
      const { body } = await show(project);
      expect({ id, owner, name }).toEqual({ id: body['id'], owner: 'owner', name: project.name });
      expect(body).toMatchObject({ private: isPrivate, empty: true, description: 'From elsewhere' });
    }
  });

  test('owners of an organization make projects for it, others do not', async () => {
    const project = wanted('group');
    await newProjects().create(await token(stage.owner, groupScopes), project);
    expect((await show(project)).status).toBe(200);
    await expect(newProjects().create(await token(stranger, groupScopes), wanted('group'))).rejects.toMatchObject({
      code: 'project_owner_denied',
    });
  });

  test('a site admin makes projects for anybody, nobody else does', async () => {
    const project = wanted('owner');
    await newProjects().create(new Secret(stage.forge.adminToken), project);
    expect((await show(project)).status).toBe(200);
    const refused = newProjects().create(await token(stranger, [...ownScopes, 'write:organization']), wanted('owner'));
    await expect(refused).rejects.toMatchObject({ code: 'project_owner_denied' });
    const nobody = newProjects().create(await token(stranger, groupScopes), wanted('nobody'));
    await expect(nobody).rejects.toMatchObject({ code: 'project_owner_denied' });
    const unknown = newProjects().create(new Secret(stage.forge.adminToken), wanted('nobody'));
    await expect(unknown).rejects.toMatchObject({ code: 'project_owner_denied' });
  });

  test.each([
    ['owner', ['write:repository', 'read:user'], 'write:user and write:repository'],
    ['group', ['write:repository', 'read:user'], 'write:organization'],
    ['owner', ['write:repository'], 'read:user'],
  ])('for %s, the scopes %j are too few, and the missing one is named', async (owner, scopes, missing) => {
    await expect(newProjects().create(await token(stage.owner, scopes), wanted(owner))).rejects.toMatchObject({
      code: 'token_scope_missing',
      message: expect.stringContaining(missing) as string,
    });
  });

  test('a name that is taken or that the forge does not take is told as such', async () => {
    const mine = await token(stage.owner, ownScopes);
    const project = wanted('owner');
    await newProjects().create(mine, project);
    await expect(newProjects().create(mine, project)).rejects.toMatchObject({ code: 'project_exists' });
    for (const name of ['bad name', 'x.git', '-'])
      await expect(newProjects().create(mine, wanted('owner', { name }))).rejects.toMatchObject({
        code: 'input_invalid',
        fieldFaults: [{ field: 'name' }],
      });
    await expect(newProjects().create(mine, wanted('../admin'))).rejects.toMatchObject({ code: 'input_invalid' });
    await expect(newProjects().create(new Secret('0'.repeat(40)), wanted('owner'))).rejects.toMatchObject({
      code: 'token_invalid',
    });
  });

  test('an empty project of the same owner and visibility is one to go on with; others are not', async () => {
    const mine = await token(stage.owner, ownScopes);
    const project = wanted('owner');
    const { id } = await newProjects().create(mine, project);
    expect(await newProjects().untouched(mine, project)).toEqual({ id, owner: 'owner', name: project.name });
    expect(await newProjects().untouched(mine, { ...project, private: false })).toBeNull();
    expect(await newProjects().untouched(await token(stranger, ownScopes), project)).toBeNull();
    expect(await newProjects().untouched(mine, wanted('owner'))).toBeNull();
    const renamed = `${project.name}-renamed`;
    await stage.forge.rename('owner', project.name, renamed);
    expect(await newProjects().untouched(mine, project)).toBeNull();
    await stage.forge.archive('owner', renamed, true);
    expect(await newProjects().untouched(mine, { ...project, name: renamed })).toBeNull();
  });

  test('another account is let in to push, and an unknown one is not', async () => {
    const mine = await token(stage.owner, ownScopes);
    const made = await newProjects().create(mine, wanted('owner'));
    await expect(stage.adapter.project(made.id)).rejects.toMatchObject({ code: 'forge_project_missing' });
    await newProjects().letPush(mine, made, stage.bot.name);
    expect((await stage.adapter.project(made.id)).canPush).toBe(true);
    await expect(newProjects().letPush(mine, made, 'nobody')).rejects.toMatchObject({ code: 'forge_push_denied' });
  });

  async function show({ owner, name }: NewProject) {
    const response = await fetch(`${stage.forge.url}/api/v1/repos/${owner}/${name}`, {
      headers: { authorization: `token ${stage.forge.adminToken}` },
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
});
