import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createPushMirrors } from '../../src/adapters/forge/push-mirrors';
import { Secret } from '../../src/domain/credentials';
import { parseUpstreamUrl } from '../../src/domain/upstream-url';
import type { NewPushMirror, PushMirrors } from '../../src/ports/push-mirrors';
import type { TestRepo } from '../support/forge-admin';
import type { ForgeDouble } from '../support/forge-double/forge-double';
import { create, ForgeStage } from '../support/forge-stage';
import { describeForges } from '../support/forges';
import { until } from '../support/until';

const hour = 3_600_000;
const canary = 'canary-passw0rd-3c11';
const never = new AbortController().signal;

describeForges('The forge’s push mirrors', (choice) => {
  let stage: ForgeStage;
  let token: Secret;
  let pushMirrors: PushMirrors & { close(): void };
  beforeAll(async () => {
    stage = await ForgeStage.start(choice);
    token = new Secret(await stage.token(stage.owner, ['write:repository']));
    pushMirrors = createPushMirrors({ url: stage.forge.url });
  });
  afterAll(async () => {
    pushMirrors.close();
    await stage.close();
  });

  const wanted = (url: string, changes: Partial<NewPushMirror> = {}): NewPushMirror => ({
    url: parseUpstreamUrl(url).url,
    credentials: null,
    intervalMs: 8 * hour,
    syncOnCommit: false,
    branchFilter: null,
    ...changes,
  });
  const nowhere = 'http://127.0.0.1:1/a/b.git';
  /** Where this forge takes a push of the owner. */
  const targetOf = (repo: TestRepo) =>
    wanted(`${stage.forge.url}/${repo.owner}/${repo.name}.git`, { credentials: { user: 'owner', password: token } });

  test('one is made, listed without its password, and removed', async () => {
    const project = await stage.newRepo();
    const credentials = { user: 'bot', password: new Secret(canary) };
    const made = await pushMirrors.create(token, project, wanted(nowhere, { credentials, syncOnCommit: true }));
    expect(made).toEqual({
      name: expect.stringMatching(/^remote_mirror_\w+$/),
      url: nowhere,
      intervalMs: 8 * hour,
      syncOnCommit: true,
      branchFilter: null,
      publicKey: null,
      createdAt: expect.any(Number),
      lastUpdateAt: null,
      lastError: null,
    });
    expect(await pushMirrors.list(token, project)).toEqual([made]);
    expect(JSON.stringify(made)).not.toContain(canary);
    await pushMirrors.remove(token, project, made.name);
    expect(await pushMirrors.list(token, project)).toEqual([]);
  });

  test('the forge says that it removed what it never had, which is why callers look first', async () => {
    const project = await stage.newRepo();
    await expect(pushMirrors.remove(token, project, 'remote_mirror_unknown')).resolves.toBeUndefined();
  });

  test('an ssh address gets a key of its own, where the forge is a Forgejo', async () => {
    const project = await stage.newRepo();
    const isForgejo = (await fetch(`${stage.forge.url}/api/forgejo/v1/version`)).ok;
    expect(await pushMirrors.capabilities(token)).toEqual({ ssh: isForgejo, branchFilter: false });
    if (!isForgejo) return;
    const made = await pushMirrors.create(token, project, wanted('git@127.0.0.1:a/b.git'));
    expect(made.publicKey).toMatch(/^ssh-ed25519 \S+$/);
    expect(made.url).toContain('ssh://');
  });

  test('all are listed, however many', async () => {
    const project = await stage.newRepo();
    for (let at = 0; at < 53; at += 1) await pushMirrors.create(token, project, wanted(`${nowhere}${at}`));
    expect(new Set((await pushMirrors.list(token, project)).map(({ url }) => url)).size).toBe(53);
  });

  test.each([
    ['an interval below the shortest', wanted(nowhere, { intervalMs: 30_000 }), 'push_mirror_refused'],
    ['a host that nobody knows', wanted('http://nowhere.invalid/a/b.git'), 'push_mirror_address_refused'],
  ])('%s is refused', async (_what, request, code) => {
    const project = await stage.newRepo();
    await expect(pushMirrors.create(token, project, request)).rejects.toMatchObject({ code });
    expect(await pushMirrors.list(token, project)).toEqual([]);
  });

  test('an interval of nothing means never', async () => {
    const project = await stage.newRepo();
    expect((await pushMirrors.create(token, project, wanted(nowhere, { intervalMs: 0 }))).intervalMs).toBe(0);
  });

  test('a sync pushes to all', async () => {
    const [repo, target] = [await stage.newRepo(), await stage.newRepo()];
    const oid = stage.source.commit('main');
    const project = await stage.adapter.project(repo.id);
    await stage.push(project, [create('refs/heads/main', oid)]);
    await pushMirrors.create(token, repo, targetOf(target));
    expect(await pushMirrors.sync(token, repo, never)).toBe(true);
    expect(await stage.refs(await stage.adapter.project(target.id))).toEqual({ 'refs/heads/main': oid });
    const [mirror] = await pushMirrors.list(token, repo);
    expect(mirror).toMatchObject({ lastError: null, lastUpdateAt: expect.any(Number) as number });
  });

  test('a sync stops at the first that fails, whose error is told without its password', async () => {
    const project = await stage.newRepo();
    await stage.push(await stage.adapter.project(project.id), [create('refs/heads/main', stage.source.commit('main'))]);
    const credentials = { user: 'bot', password: new Secret(canary) };
    for (const url of [nowhere, `${nowhere}2`]) await pushMirrors.create(token, project, wanted(url, { credentials }));
    expect(await pushMirrors.sync(token, project, never)).toBe(false);
    const [first, second] = await pushMirrors.list(token, project);
    expect(first?.lastError).toContain('127.0.0.1');
    expect(first?.lastError).not.toContain(canary);
    expect(second).toMatchObject({ lastError: null, lastUpdateAt: null });
  });

  test('a sync lasts as long as somebody waits for it: then it is broken off, and nothing is written down', async () => {
    const project = await stage.newRepo();
    await stage.push(await stage.adapter.project(project.id), [create('refs/heads/main', stage.source.commit('main'))]);
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = silent.address() as AddressInfo;
      await pushMirrors.create(token, project, wanted(`http://127.0.0.1:${port}/a/b.git`));
      const leaving = new AbortController();
      const syncing = pushMirrors.sync(token, project, leaving.signal);
      await until(() => sockets.length > 0);
      leaving.abort();
      await expect(syncing).rejects.toMatchObject({ code: 'forge_unreachable' });
      for (const socket of sockets) socket.destroy();
      expect(await pushMirrors.list(token, project)).toMatchObject([{ lastUpdateAt: null, lastError: null }]);
    } finally {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => silent.close(resolve));
    }
  });

  test('only admins of the project may, with a token that may write', async () => {
    const project = await stage.newRepo();
    const bot = new Secret(stage.botToken);
    await expect(pushMirrors.list(bot, project)).rejects.toMatchObject({ code: 'push_mirrors_denied' });
    const reading = new Secret(await stage.token(stage.owner, ['read:repository']));
    expect(await pushMirrors.list(reading, project)).toEqual([]);
    await expect(pushMirrors.create(reading, project, wanted(nowhere))).rejects.toMatchObject({
      code: 'token_scope_missing',
    });
    await expect(pushMirrors.sync(reading, project, never)).rejects.toMatchObject({ code: 'token_scope_missing' });
    const wrong = new Secret('0'.repeat(40));
    await expect(pushMirrors.list(wrong, project)).rejects.toMatchObject({ code: 'token_invalid' });
    await expect(pushMirrors.create(wrong, project, wanted(nowhere))).rejects.toMatchObject({ code: 'token_invalid' });
    const missing = { owner: 'owner', name: 'nowhere' };
    await expect(pushMirrors.list(token, missing)).rejects.toMatchObject({ code: 'project_not_found' });
  });

  test('an archived project keeps its push mirrors and takes no change', async () => {
    const project = await stage.newRepo();
    await pushMirrors.create(token, project, wanted(nowhere));
    await stage.forge.archive(project.owner, project.name, true);
    expect(await pushMirrors.list(token, project)).toHaveLength(1);
    const code = 'forge_project_archived';
    await expect(pushMirrors.create(token, project, wanted(nowhere))).rejects.toMatchObject({ code });
    await expect(pushMirrors.remove(token, project, 'remote_mirror_x')).rejects.toMatchObject({ code });
    await expect(pushMirrors.sync(token, project, never)).rejects.toMatchObject({ code });
  });

  // Forgejo 11, the real one, knows no filter: there the capabilities above say so. The double answers as later versions do.
  if (choice.name === 'the forge double')
    test('a forge that can choose branches pushes those and all tags', async () => {
      const double = stage.forge as ForgeDouble;
      double.setBranchFilters(true);
      const asking = createPushMirrors({ url: stage.forge.url });
      try {
        expect(await asking.capabilities(token)).toEqual({ ssh: true, branchFilter: true });
        const [repo, target] = [await stage.newRepo(), await stage.newRepo()];
        const oid = stage.source.commit('main');
        const refs = ['refs/heads/main', 'refs/heads/release/1', 'refs/heads/own', 'refs/tags/v1'];
        await stage.push(
          await stage.adapter.project(repo.id),
          refs.map((ref) => create(ref, oid)),
        );
        const made = await asking.create(token, repo, { ...targetOf(target), branchFilter: 'main,release/*' });
        expect(made.branchFilter).toBe('main,release/*');
        expect(await asking.sync(token, repo, never)).toBe(true);
        expect(Object.keys(await stage.refs(await stage.adapter.project(target.id))).sort()).toEqual([
          'refs/heads/main',
          'refs/heads/release/1',
          'refs/tags/v1',
        ]);
        expect(await asking.list(token, repo)).toMatchObject([{ branchFilter: 'main,release/*', lastError: null }]);
      } finally {
        double.setBranchFilters(false);
        asking.close();
      }
    });

  // A real forge has it in its configuration, for all tests; the double answers as Forgejo 11 did.
  if (choice.name === 'the forge double')
    test('a forge whose mirrors are switched off says so', async () => {
      const double = stage.forge as ForgeDouble;
      const project = await stage.newRepo();
      double.setMirrorsEnabled(false);
      try {
        const code = 'push_mirrors_disabled';
        await expect(pushMirrors.list(token, project)).rejects.toMatchObject({ code });
        await expect(pushMirrors.create(token, project, wanted(nowhere))).rejects.toMatchObject({ code });
        await expect(pushMirrors.remove(token, project, 'remote_mirror_x')).rejects.toMatchObject({ code });
        await expect(pushMirrors.sync(token, project, never)).rejects.toMatchObject({ code });
      } finally {
        double.setMirrorsEnabled(true);
      }
    });
});
