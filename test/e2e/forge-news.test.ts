import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { describeForges } from '../support/forges';
import type { MirrorAnswer, MirrorApi } from '../support/headwater';
import { Scene } from '../support/scene';
import { until } from '../support/until';

const run = promisify(execFile);

type Mirror = MirrorAnswer & {
  readonly project: { readonly full_name: string };
  readonly paused_reason: string | null;
  readonly sync_state: string;
};

describeForges('What happens to a project in the forge', (choice) => {
  const secret = randomUUID();
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.start(choice, {
      WEBHOOK_SECRET: secret,
      RECONCILE_INTERVAL: '1h',
      MIN_UPDATE_INTERVAL: '1s',
    });
    scene.source.commit('main', 'one');
    const url = `${scene.headwater.url}/hooks/forge`;
    await scene.forge.addWebhook(null, { url, secret, events: ['push', 'create', 'delete', 'repository'] });
  }, 240_000);
  afterAll(() => scene.close());

  async function mirrored() {
    const made = await scene.project();
    await made.api.put(scene.settings);
    await made.api.settled();
    return made;
  }
  const shown = async (api: MirrorApi) => (await api.mirror()) as Mirror;

  /** A person's push, of which the forge's webhook tells. */
  async function pushTo(owner: string, name: string, what = `main:refs/heads/local-${randomUUID()}`): Promise<void> {
    const { maintainer, source, forge } = scene;
    const url = new URL(`${forge.url}/${owner}/${name}.git`);
    url.username = maintainer.name;
    url.password = maintainer.password;
    // The double runs in this process, so nothing may wait in its way.
    await run('git', ['push', '-q', url.href, what], { cwd: source.dir });
  }

  it('a new name is noticed with the next delivery of its webhook', async () => {
    const { repo, api } = await mirrored();
    const name = `${repo.name}-renamed`;
    await scene.forge.rename(repo.owner, repo.name, name);
    await pushTo(repo.owner, name);
    const renamed = scene.headwater.as(scene.token, repo.owner, name);
    await until(async () => (await shown(renamed)).project.full_name === `${repo.owner}/${name}`);
    expect((await shown(renamed)).paused_reason).toBeNull();
    expect((await api.mirror()).update_status).toBe('finished');
  });

  it('AUTH-04: a transfer pauses the mirror: nothing is pushed until an admin of the new owner resumes it', async () => {
    const { repo } = await mirrored();
    const heir = await scene.forge.createUser(`heir-${repo.id}`);
    const heirToken = await scene.forge.createToken(heir, ['write:repository', 'read:user']);
    await scene.forge.transfer(repo.owner, repo.name, heir.name);
    await scene.forge.addCollaborator(heir.name, repo.name, scene.bot.name, 'write');
    const api = scene.headwater.as(heirToken.token, heir.name, repo.name);
    const before = scene.refs({ owner: heir.name, name: repo.name });
    scene.source.commit('main', 'for the heir');
    // No event tells of it: the run itself finds out before it pushes, unless news of what was done before has led there
    // first, before the run or while it waits.
    const found = await api.updated().catch((thrown: unknown) => thrown);
    expect(found).toMatchObject(
      found instanceof Error ? { status: 409 } : { error: { code: 'forge_project_transferred' } },
    );
    expect(scene.refs({ owner: heir.name, name: repo.name })).toEqual(before);
    expect(await shown(api)).toMatchObject({ paused: true, paused_reason: 'owner_changed' });
    await expect(api.call('POST', '')).rejects.toMatchObject({ status: 409 });

    await api.call('POST', '/resume', {});
    await until(
      async () => scene.refs({ owner: heir.name, name: repo.name })['refs/heads/main'] !== before['refs/heads/main'],
    );
    expect((await shown(api)).paused).toBe(false);
  });

  it('AUTH-01: a right that is taken away pauses the mirror with the next webhook, until another admin resumes it', async () => {
    const { repo } = await mirrored();
    const { forge, headwater } = scene;
    const admin = await forge.createUser(`admin-${repo.id}`);
    await forge.addCollaborator(repo.owner, repo.name, admin.name, 'admin');
    const { token } = await forge.createToken(admin, ['write:repository', 'read:user']);
    const asAdmin = headwater.as(token, repo.owner, repo.name);
    await asAdmin.put(scene.settings);
    await asAdmin.settled();
    const owner = headwater.as(scene.token, repo.owner, repo.name);
    expect(await owner.mirror()).toMatchObject({ maintainer: admin.name, paused: false });

    await forge.removeCollaborator(repo.owner, repo.name, admin.name);
    await pushTo(repo.owner, repo.name);
    await until(async () => (await shown(owner)).paused_reason === 'right_revoked');
    const before = scene.refs(repo);
    scene.source.commit('main', 'after the right was gone');
    await expect(owner.call('POST', '')).rejects.toMatchObject({ status: 409 });
    expect(scene.refs(repo)).toEqual(before);
    await owner.call('POST', '/resume', {});
    await until(async () => scene.refs(repo)['refs/heads/main'] === scene.upstreamRefs()['refs/heads/main']);
    expect(await owner.mirror()).toMatchObject({ maintainer: scene.maintainer.name, paused: false });
  });

  it('AUTH-04: a project that is made public is told before anything further is pushed', async () => {
    const { repo, api } = await mirrored();
    await scene.forge.makePrivate(repo.owner, repo.name, true);
    await api.put({ ...scene.settings, auth_user: 'bot', auth_password: 's3cret-of-the-upstream' });
    await api.settled();
    expect(await api.mirror()).toMatchObject({ visibility_warning: null });
    await scene.forge.makePrivate(repo.owner, repo.name, false);
    await pushTo(repo.owner, repo.name);
    const warned = async () => (await api.mirror()) as Mirror & { visibility_warning: { code: string } | null };
    await until(async () => (await warned()).visibility_warning?.code === 'project_made_public');
    await scene.forge.makePrivate(repo.owner, repo.name, true);
    await pushTo(repo.owner, repo.name);
    await until(async () => (await warned()).visibility_warning === null);
  });

  it('an archived project pauses the mirror, and an unarchived one goes on by itself', async () => {
    const { repo, api } = await mirrored();
    await scene.forge.archive(repo.owner, repo.name, true);
    scene.source.commit('main', 'while archived');
    await api.updated();
    expect(await shown(api)).toMatchObject({ paused_reason: 'archived' });
    await scene.forge.archive(repo.owner, repo.name, false);
    await pushTo(repo.owner, repo.name);
    await until(async () => !(await shown(api)).paused);
    await until(async () => scene.refs(repo)['refs/heads/main'] === scene.upstreamRefs()['refs/heads/main']);
  });

  it('somebody’s push to a mirrored branch is found out soon, though nothing is new upstream', async () => {
    const { repo, api } = await mirrored();
    expect((await shown(api)).sync_state).toBe('in_sync');
    const local = scene.source.commit('only-here', 'local work');
    scene.source.git(['update-ref', '-d', 'refs/heads/only-here']);
    await pushTo(repo.owner, repo.name, `+${local}:refs/heads/main`);
    await until(async () => (await shown(api)).sync_state === 'diverged');
    expect(scene.refs(repo)['refs/heads/main']).toBe(local);
  });

  it('WH-06: two projects that mirror each other come to rest', async () => {
    const one = await mirrored();
    const other = await scene.project();
    const address = ({ owner, name }: { owner: string; name: string }) => `${scene.forge.url}/${owner}/${name}.git`;
    await other.api.put({ url: address(one.repo) });
    await other.api.settled();
    await one.api.put({ url: address(other.repo), auth_user: null, auth_password: null });
    await one.api.settled();
    for (let round = 0; round < 3; round += 1) {
      for (const { api } of [one, other]) {
        const { counts } = await api.updated();
        expect(counts).toMatchObject({ created: 0, fast_forwarded: 0, forced: 0, diverged: 0 });
      }
    }
    expect(scene.refs(other.repo)).toEqual(scene.refs(one.repo));
  });
});
