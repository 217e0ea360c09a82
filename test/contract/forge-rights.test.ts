import { Secret } from '../../src/domain/credentials';
import type { TestUser } from '../support/forge-admin';
import { ForgeStage } from '../support/forge-stage';
import { describeForges } from '../support/forges';

const writeScopes = ['write:repository', 'read:user'];

describeForges('Rights of callers', (choice) => {
  let stage: ForgeStage;
  let stranger: TestUser;
  let writer: TestUser;
  let admin: TestUser;
  const repo = 'guarded';
  beforeAll(async () => {
    stage = await ForgeStage.start(choice);
    stranger = await stage.forge.createUser('stranger');
    writer = await stage.forge.createUser('writer');
    admin = await stage.forge.createUser('admin-of-project');
    await stage.forge.createRepo('owner', repo, { private: true });
    await stage.forge.addCollaborator('owner', repo, writer.name, 'write');
    await stage.forge.addCollaborator('owner', repo, admin.name, 'admin');
  });
  afterAll(() => stage.close());

  const rights = (token: string, name = repo) => stage.adapter.callerRights(new Secret(token), 'owner', name, true);
  const rightsOf = async (user: TestUser, scopes = writeScopes, name = repo) =>
    rights(await stage.token(user, scopes), name);

  test('the owner is admin, and a token that may write has the write scope', async () => {
    expect(await rightsOf(stage.owner)).toMatchObject({
      login: 'owner',
      project: { owner: 'owner', name: repo },
      admin: true,
      writeScope: true,
    });
  });

  test('an admin collaborator is admin', async () => {
    expect(await rightsOf(admin)).toMatchObject({ login: 'admin-of-project', admin: true, writeScope: true });
  });

  test('a site admin is admin', async () => {
    expect(await rights(stage.forge.adminToken)).toMatchObject({ login: 'root0', admin: true, writeScope: true });
  });

  test('a collaborator who may write is no admin', async () => {
    expect(await rightsOf(writer)).toMatchObject({ login: 'writer', admin: false, writeScope: false });
  });

  test('an admin whose token may only read lacks the write scope', async () => {
    expect(await rightsOf(stage.owner, ['read:repository', 'read:user'])).toMatchObject({
      admin: true,
      writeScope: false,
    });
  });

  test('the write scope is asked for only when it is needed', async () => {
    const token = new Secret(await stage.token(stage.owner, writeScopes));
    const answer = await stage.adapter.callerRights(token, 'owner', repo, false);
    expect(answer).toMatchObject({ admin: true, writeScope: false });
  });

  test('a token without read:user gives the rights and no name', async () => {
    expect(await rightsOf(stage.owner, ['write:repository'])).toMatchObject({
      login: '',
      admin: true,
      writeScope: true,
    });
  });

  test('a stranger cannot see a private project, and nobody sees a missing one or climbs out of the path', async () => {
    expect(await rightsOf(stranger)).toBeNull();
    expect(await rightsOf(stage.owner, writeScopes, 'missing')).toBeNull();
    expect(await rightsOf(stage.owner, writeScopes, '..')).toBeNull();
  });

  test('a stranger sees a public project and has no rights there', async () => {
    await stage.forge.createRepo('owner', 'public');
    expect(await rightsOf(stranger, writeScopes, 'public')).toMatchObject({ admin: false, writeScope: false });
  });

  test('a token that is limited to public projects does not see a private one', async () => {
    expect(await rightsOf(stage.owner, ['write:repository', 'public-only'])).toBeNull();
  });

  test('a token without any repository scope is told which one it lacks', async () => {
    await expect(rightsOf(stage.owner, ['read:user'])).rejects.toMatchObject({
      code: 'token_scope_missing',
      message: expect.stringContaining('read:repository') as string,
    });
  });

  test('rights follow a renamed project', async () => {
    await stage.forge.createRepo('owner', 'before');
    await stage.forge.rename('owner', 'before', 'after');
    expect(await rightsOf(stage.owner, writeScopes, 'before')).toMatchObject({
      project: { name: 'after' },
      admin: true,
      writeScope: true,
    });
  });

  test('a revoked token and a made-up one are refused', async () => {
    const made = await stage.forge.createToken(stage.owner, writeScopes);
    await stage.forge.revokeToken(stage.owner, made);
    const invalid = { code: 'token_invalid' };
    await expect(rights(made.token)).rejects.toMatchObject(invalid);
    await expect(rights('0'.repeat(40))).rejects.toMatchObject(invalid);
    await expect(rights('with a space\nand a newline')).rejects.toMatchObject(invalid);
  });

  test('AUTH-02: nothing is granted to an account that is switched off, nor to a token of other things', async () => {
    const user = await stage.forge.createUser('switched-off');
    await stage.forge.addCollaborator('owner', repo, user.name, 'admin');
    const token = await stage.token(user, writeScopes);
    expect(await rights(token)).toMatchObject({ admin: true });
    await stage.forge.blockUser(user.name, true);
    await expect(rights(token)).rejects.toMatchObject({ code: 'token_invalid' });
    await expect(stage.adapter.caller(new Secret(token))).rejects.toMatchObject({ code: 'token_invalid' });
    await expect(rightsOf(admin, ['read:issue'])).rejects.toMatchObject({ code: 'token_scope_missing' });
  });

  test('AUTH-01: a right that was taken away is gone at once', async () => {
    const user = await stage.forge.createUser('demoted');
    await stage.forge.addCollaborator('owner', repo, user.name, 'admin');
    const token = await stage.token(user, writeScopes);
    expect(await rights(token)).toMatchObject({ admin: true, writeScope: true });
    await stage.forge.addCollaborator('owner', repo, user.name, 'write');
    expect(await rights(token)).toMatchObject({ admin: false, writeScope: false });
  });

  test('who a token belongs to, and whether it may read what only site admins see', async () => {
    const token = new Secret(await stage.token(writer, ['read:user']));
    expect(await stage.adapter.caller(token)).toEqual({ id: writer.id, login: 'writer', siteAdmin: false });
    expect(await stage.adapter.hasAdminScope(token)).toBe(false);
    const site = new Secret(stage.forge.adminToken);
    expect(await stage.adapter.caller(site)).toMatchObject({ login: 'root0', siteAdmin: true });
    expect(await stage.adapter.hasAdminScope(site)).toBe(true);
    const chief = await stage.forge.createUser('chief', { siteAdmin: true });
    const narrow = new Secret(await stage.token(chief, writeScopes));
    expect(await stage.adapter.caller(narrow)).toMatchObject({ login: 'chief', siteAdmin: true });
    expect(await stage.adapter.hasAdminScope(narrow)).toBe(false);
    const nameless = new Secret(await stage.token(writer, ['read:repository']));
    await expect(stage.adapter.caller(nameless)).rejects.toMatchObject({ code: 'token_scope_missing' });
  });

  test("Headwater's own token, once revoked, is refused by every method", async () => {
    const made = await stage.forge.createToken(stage.bot, writeScopes);
    const adapter = ForgeStage.adapter(stage.forge.url, made.token);
    const project = await stage.newProject();
    await stage.forge.revokeToken(stage.bot, made);
    const refused = { code: 'forge_token_refused' };
    const signal = new AbortController().signal;
    await expect(adapter.account()).rejects.toMatchObject(refused);
    await expect(adapter.project(project.id)).rejects.toMatchObject(refused);
    await expect(adapter.listRefs(project, signal)).rejects.toMatchObject(refused);
    const update = { ref: 'refs/heads/main', oldOid: null, newOid: stage.source.commit(), action: 'created' as const };
    const request = { project, cacheDir: stage.source.dir, updates: [update], onProgress: () => {}, signal };
    await expect(adapter.push(request)).rejects.toMatchObject(refused);
    await expect(adapter.setDefaultBranch(project, 'refs/heads/main')).rejects.toMatchObject(refused);
    adapter.close();
  });

  test("Headwater's own token without write:repository is refused when it comes to git", async () => {
    const adapter = ForgeStage.adapter(stage.forge.url, await stage.token(stage.bot, ['read:repository', 'read:user']));
    const project = await stage.newProject();
    const listing = adapter.listRefs(project, new AbortController().signal);
    await expect(listing).rejects.toMatchObject({ code: 'forge_token_refused' });
    adapter.close();
  });
});
