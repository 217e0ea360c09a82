import type { ForgeProject } from '../../src/ports/forge';
import type { TestUser } from '../support/forge-admin';
import { ForgeStage } from '../support/forge-stage';
import { describeForges } from '../support/forges';

describeForges('AUTH-01: whether a maintainer is an admin of the project', (choice) => {
  let stage: ForgeStage;
  let project: ForgeProject;
  let people = 0;
  beforeAll(async () => {
    stage = await ForgeStage.start(choice);
    await stage.forge.createRepo('owner', 'guarded', { private: true });
    await stage.forge.addCollaborator('owner', 'guarded', stage.bot.name, 'admin');
    const { id } = await stage.forge.repo('owner', 'guarded');
    project = await stage.adapter.project(id);
  });
  afterAll(() => stage.close());

  const person = async (permission: 'read' | 'write' | 'admin' | null): Promise<TestUser> => {
    const user = await stage.forge.createUser(`person-${(people += 1)}`);
    if (permission !== null) await stage.forge.addCollaborator('owner', 'guarded', user.name, permission);
    return user;
  };
  const isAdmin = ({ id, name }: TestUser, { siteAdmin = false } = {}) =>
    stage.adapter.isProjectAdmin(project, { id, login: name, siteAdmin });

  test('the owner, an admin and a site admin are; others are not', async () => {
    expect(await isAdmin(stage.owner)).toBe(true);
    expect(await isAdmin(await person('admin'))).toBe(true);
    expect(await isAdmin(await stage.forge.createUser('chief', { siteAdmin: true }))).toBe(true);
    for (const permission of ['write', 'read', null] as const)
      expect(await isAdmin(await person(permission))).toBe(false);
  });

  test('a right that was taken away, or made smaller, is gone at once', async () => {
    const one = await person('admin');
    const other = await person('admin');
    await stage.forge.removeCollaborator('owner', 'guarded', one.name);
    await stage.forge.addCollaborator('owner', 'guarded', other.name, 'write');
    expect([await isAdmin(one), await isAdmin(other)]).toEqual([false, false]);
  });

  test('the account counts, not its name: renamed it keeps its right, and nobody inherits an old name', async () => {
    const admin = await person('admin');
    await stage.forge.renameUser(admin.name, 'married');
    expect(await isAdmin(admin)).toBe(true);
    const heir = await stage.forge.createUser('heir');
    expect(await isAdmin({ ...heir, name: 'married' })).toBe(false);
    expect(await isAdmin({ ...admin, name: heir.name })).toBe(true);
  });

  test('an account that is gone has no right', async () => {
    const admin = await person('admin');
    await stage.forge.removeUser(admin.name);
    expect(await isAdmin(admin)).toBe(false);
  });

  test('an account of ours that is no admin tells those who may not even write, and no more', async () => {
    const repo = await stage.newRepo({ private: true });
    const plain = await stage.adapter.project(repo.id);
    const ask = (user: TestUser, siteAdmin = false) =>
      stage.adapter.isProjectAdmin(plain, { id: user.id, login: user.name, siteAdmin });
    const admin = await person(null);
    await stage.forge.addCollaborator('owner', repo.name, admin.name, 'admin');
    expect(await ask(stage.owner)).toBe(true);
    expect(await ask(admin)).toBeNull();
    // Made a mere writer: no list that such an account may read tells the difference, so it does not guess.
    await stage.forge.addCollaborator('owner', repo.name, admin.name, 'write');
    expect(await ask(admin)).toBeNull();
    await stage.forge.addCollaborator('owner', repo.name, admin.name, 'read');
    expect(await ask(admin)).toBe(false);
    await stage.forge.removeCollaborator('owner', repo.name, admin.name);
    expect([await ask(admin), await ask(admin, true)]).toEqual([false, null]);
  });

  test('AUTH-04: whether strangers see the project is told with it', async () => {
    const repo = await stage.newRepo({ private: true });
    expect((await stage.adapter.project(repo.id)).private).toBe(true);
    await stage.forge.makePrivate('owner', repo.name, false);
    expect((await stage.adapter.project(repo.id)).private).toBe(false);
  });
});
