import { randomBytes } from 'node:crypto';
import { lfsKey } from '../../src/domain/lfs-pointer';
import type { TestRepo } from '../support/forge-admin';
import { describeForges } from '../support/forges';
import { LfsScene, openLfsCopy } from '../support/lfs-scene';
import type { LfsObjectJson } from '../support/lfs-upstream';

const mediaType = 'application/vnd.git-lfs+json';

describeForges('LFS of a forge', (choice) => {
  let scene: LfsScene;
  let project: TestRepo;
  beforeAll(async () => {
    scene = await LfsScene.start(choice, { idleTimeoutMs: 10_000 });
  }, 120_000);
  afterAll(() => scene.close());
  beforeEach(async () => {
    project = await scene.project();
  });

  const add = (size = 100) => scene.upstream.add(randomBytes(size));

  /** The LFS server itself, past our adapter: what the adapter relies on. */
  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
    token = scene.botToken.token,
  ) {
    const authorization = `Basic ${Buffer.from(`x:${token}`).toString('base64')}`;
    const answer = await fetch(`${scene.forge.url}/${project.owner}/${project.name}.git/info/lfs/${path}`, {
      method,
      headers: { authorization, accept: mediaType, ...headers },
      body: Buffer.isBuffer(body) ? new Uint8Array(body) : body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: answer.status, text: await answer.text() };
  }
  const batch = async (operation: string, objects: readonly LfsObjectJson[]) => {
    const { status, text } = await call('POST', 'objects/batch', { operation, objects });
    expect(status).toBe(200);
    return (JSON.parse(text) as { objects: { actions?: object; error?: { code: number; message: string } }[] }).objects;
  };

  test('it says that LFS is on', async () => {
    expect(await scene.lfs.isEnabled(new AbortController().signal)).toBe(true);
  });

  test('objects of every size arrive, and arrive once', async () => {
    const objects = [add(), add(17_000_000), scene.upstream.add('')];
    expect(await scene.copy(project, objects)).toMatchObject({ copied: 3, faults: new Map() });
    for (const { oid } of objects) {
      const stored = await scene.stored(project, oid);
      expect(stored?.equals(scene.upstream.objects.get(oid) ?? Buffer.alloc(1))).toBe(true);
    }
    expect(await scene.copy(project, objects)).toMatchObject({ copied: 0, receivedBytes: 0 });
  });

  test('an upload is asked for where an object is missing, and not where it is there', async () => {
    const object = add();
    expect((await batch('download', [object]))[0]?.error?.code).toBe(404);
    expect((await batch('upload', [object]))[0]?.actions).toMatchObject({ upload: {}, verify: {} });
    await scene.copy(project, [object]);
    expect((await batch('upload', [object]))[0]).not.toHaveProperty('actions');
    expect((await batch('download', [object]))[0]?.actions).toMatchObject({ download: {} });
  });

  test('it takes no object whose size or SHA-256 is wrong, and no id that is none', async () => {
    const { oid } = add();
    expect((await call('PUT', `objects/${oid}/4`, Buffer.from('1234'))).status).toBe(422);
    expect((await call('PUT', `objects/${oid}/5`, Buffer.from('1234'))).status).toBe(422);
    const [wrong] = await batch('upload', [{ oid: 'ABC', size: 1 }]);
    expect(wrong?.error?.code).toBe(422);
    expect(await scene.stored(project, oid)).toBeNull();
  });

  test('a pointer that gives another size to an object of the project is told as damaged', async () => {
    const object = add();
    await scene.copy(project, [object]);
    const wrong = { ...object, size: object.size + 1 };
    const result = await scene.copy(project, [wrong]);
    expect(result.faults.get(lfsKey(wrong))?.code).toBe('lfs_object_corrupt');
  });

  test('HOST-11, HOST-14: asking for an upload links what our account can read elsewhere, so it is proved first', async () => {
    const secret = await scene.project();
    const [known, other] = [add(), add()];
    await scene.copy(secret, [known, other]);
    // This is why: the question alone puts the object into the project.
    expect((await batch('upload', [known]))[0]).not.toHaveProperty('actions');
    expect(await scene.stored(project, known.oid)).not.toBeNull();

    scene.upstream.objects.set(other.oid, randomBytes(other.size));
    const result = await scene.copy(project, [other]);
    expect(result.faults.get(lfsKey(other))?.code).toBe('lfs_object_corrupt');
    expect(await scene.stored(project, other.oid)).toBeNull();
  });

  test('it wants one media type alone', async () => {
    const question = { operation: 'download', objects: [add()] };
    expect((await call('POST', 'objects/batch', question, { accept: `${mediaType}, */*` })).status).toBe(415);
  });

  test('a token that is wrong or lacks the scope is told as ours, a project that is gone as a failure', async () => {
    const reading = await scene.forge.createToken(scene.bot, ['read:repository']);
    for (const token of ['0'.repeat(40), reading.token]) {
      const lfs = openLfsCopy(scene.forge.url, token, { idleTimeoutMs: 10_000 });
      const signal = new AbortController().signal;
      const request = { objects: [add()], project, source: scene.source, renew: null, onProgress: () => {}, signal };
      await expect(lfs.copy(request)).rejects.toMatchObject({ code: 'forge_token_refused' });
      await lfs.close();
    }
    const gone = { owner: project.owner, name: 'no-such-project' };
    await expect(scene.copy(gone, [add()])).rejects.toMatchObject({ code: 'forge_failed' });
  });
});
