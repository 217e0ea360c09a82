import { randomUUID } from 'node:crypto';
import { describeForges } from '../support/forges';
import { Scene } from '../support/scene';
import { until } from '../support/until';

describeForges('AUTH-04: a project that was deleted, and made anew under its name', (choice) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.start(choice, { WEBHOOK_SECRET: secret, RIGHTS_CACHE: '0s' });
    scene.source.commit('main', 'one');
  }, 240_000);
  afterAll(() => scene.close());
  const secret = randomUUID();

  /** Mirrors, then replaces the project by another one of the same name, into which Headwater's account may push as well. */
  async function replaced() {
    const { repo, api } = await scene.project();
    const { id } = (await api.put(scene.settings)).data;
    await api.settled();
    await scene.forge.removeRepo(repo.owner, repo.name);
    const heir = await scene.forge.createRepo(repo.owner, repo.name);
    await scene.forge.addCollaborator(repo.owner, repo.name, scene.bot.name, 'write');
    expect(heir.id).not.toBe(repo.id);
    scene.source.commit('main', `after ${repo.name} was made anew`);
    return { id, repo, api };
  }

  it('gets nothing of the old mirror though nobody told of it, and may have a mirror of its own', async () => {
    const { id, repo, api } = await replaced();
    await expect(api.mirror()).rejects.toMatchObject({ status: 404 });
    const old = `${repo.owner}/${repo.name}`;
    // Its schedule and site admins still reach the old one.
    const sync = await fetch(`${scene.headwater.url}/api/v1/admin/mirrors/sync`, {
      method: 'POST',
      headers: { Authorization: `token ${scene.forge.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ids: [id] }),
    });
    expect(sync.status).toBe(200);
    const failed = async () => {
      const list = await fetch(`${scene.headwater.url}/api/v1/admin/mirrors?limit=50`, {
        headers: { Authorization: `token ${scene.forge.adminToken}` },
      });
      const mirrors = (await list.json()) as { id: string; last_error: { code: string } | null }[];
      return mirrors.find((mirror) => mirror.id === id)?.last_error?.code;
    };
    await until(async () => (await failed()) === 'forge_project_missing');
    expect(scene.refs(repo)).toEqual({});

    const { data } = await api.put(scene.settings);
    await api.settled();
    expect([data.id === id, scene.refs(repo)['refs/heads/main']]).toEqual([
      false,
      scene.upstreamRefs()['refs/heads/main'],
    ]);
    // By name, too, it is the new one that is meant.
    const shown = await scene.headwater.cli(['mirror', 'show', old, '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({ id: data.id });
  });

  it('is a stranger where the forge has told of it: the old mirror is gone, and nothing arrives', async () => {
    const url = `${scene.headwater.url}/hooks/forge`;
    await scene.forge.addWebhook(null, { url, secret, events: ['push', 'create', 'delete', 'repository'] });
    const { id, repo, api } = await replaced();
    const isThere = async () => {
      const list = await fetch(`${scene.headwater.url}/api/v1/admin/mirrors?limit=50`, {
        headers: { Authorization: `token ${scene.forge.adminToken}` },
      });
      return ((await list.json()) as { id: string }[]).some((mirror) => mirror.id === id);
    };
    await until(async () => !(await isThere()));
    await expect(api.mirror()).rejects.toMatchObject({ status: 404 });
    expect(scene.refs(repo)).toEqual({});
  });
});
