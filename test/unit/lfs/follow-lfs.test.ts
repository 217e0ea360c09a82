import { syncStateOf } from '../../../src/domain/sync-state';
import { presentRun } from '../../../src/http/api/present';
import { HeadwaterError } from '../../../src/domain/errors';
import { hour, ScriptedWorld, secret } from '../../fakes/scripted-world';

const object = (n: number) => ({ oid: n.toString(16).padStart(64, '0'), size: n });

describe('following an upstream with LFS', () => {
  let world: ScriptedWorld;
  let one: string;
  let two: string;

  beforeEach(() => {
    world = new ScriptedWorld();
    one = world.history.commit('one');
    two = world.history.commit('two', one);
    world.upstreamRefs.set('refs/heads/main', one);
    world.lfs.needs.set(one, [object(1)]);
    world.lfs.needs.set(two, [object(1), object(2)]);
  });

  it('objects are in the forge when the push begins', async () => {
    const arrived: string[][] = [];
    world.beforePush = () => void arrived.push([...world.lfs.arrived]);
    await world.imported();
    expect(arrived).toEqual([[object(1).oid]]);
    expect(world.notices.published.map(({ notice }) => notice)).toContainEqual(
      expect.objectContaining({ type: 'run.progressed', phase: 'copying', done: 1, total: 1, bytes: 10 }),
    );
  });

  it('its bytes count as those of the run', async () => {
    const id = await world.imported();
    const run = await world.lastRun(id);
    expect([run.receivedBytes, run.sentBytes]).toEqual([1110, 510]);
  });

  it('an update is searched from where the forge is complete', async () => {
    const id = await world.imported();
    world.upstreamRefs.set('refs/heads/main', two);
    await world.updateNow(id);
    expect(world.lfs.searches).toEqual([
      { wanted: [one], have: [] },
      { wanted: [two], have: [one] },
    ]);
    expect(world.lfs.copies.map((copy) => copy.objects)).toEqual([[object(1)], [object(2)]]);
  });

  it('a missing object holds back the refs that need it and keeps the mirror from counting as complete', async () => {
    world.upstreamRefs.set('refs/heads/next', two);
    world.lfs.missing.add(object(2).oid);
    const id = await world.imported();
    expect(await world.outcomes(id)).toEqual([
      ['refs/heads/main', 'created', undefined],
      ['refs/heads/next', 'rejected', 'lfs_object_missing'],
    ]);
    expect([...world.forgeRefs.keys()]).toEqual(['refs/heads/main']);
    expect((await world.mirror(id)).deliveredDigest).toBeNull();

    world.lfs.missing.clear();
    world.clock.advance(7 * hour);
    await world.updateNow(id);
    expect(world.forgeRefs.get('refs/heads/next')).toBe(two);
    expect((await world.mirror(id)).deliveredDigest).not.toBeNull();
  });

  it('is told as the state of the mirror, by name, and the run is not complete', async () => {
    world.upstreamRefs.set('refs/heads/next', two);
    world.lfs.missing.add(object(2).oid);
    const id = await world.imported();
    const mirror = await world.mirror(id);
    expect(syncStateOf(mirror)).toBe('incomplete_lfs');
    expect(mirror.proof).toMatchObject({ lfs: ['refs/heads/next'], lfsTotal: 1, behind: 1, inSyncAt: null });
    expect(presentRun(await world.lastRun(id))).toMatchObject({ status: 'finished', complete: false });
    world.lfs.missing.clear();
    await world.updateNow(id);
    expect(syncStateOf(await world.mirror(id))).toBe('in_sync');
    expect(presentRun(await world.lastRun(id))).toMatchObject({ complete: true });
  });

  it('a default branch that waits for its objects holds up no other, and becomes the default when it has come', async () => {
    world.upstreamRefs.set('refs/heads/main', two).set('refs/heads/docs', one);
    world.lfs.missing.add(object(2).oid);
    const id = await world.imported();
    expect([...world.forgeRefs]).toEqual([['refs/heads/docs', one]]);
    expect(await world.mirror(id)).toMatchObject({ status: 'finished', defaultBranchSet: null });
    // As a forge does with the first branch that it is given.
    world.project = { ...world.project, defaultBranch: 'docs' };

    world.lfs.missing.clear();
    await world.updateNow(id);
    expect(world.forgeRefs.get('refs/heads/main')).toBe(two);
    expect(world.project.defaultBranch).toBe('main');
    expect(await world.mirror(id)).toMatchObject({ defaultBranchSet: 'refs/heads/main' });
  });

  it('a branch that waits for its objects is not overwritten, and no backup is made of it', async () => {
    world.upstreamRefs.set('refs/heads/main', two);
    const id = await world.imported({ options: { divergence: 'overwrite_with_backup' } });
    const backups = () => [...world.forgeRefs.keys()].filter((ref) => ref.startsWith('refs/headwater/backup/'));
    const rewritten = world.history.commit('rewritten', one);
    world.upstreamRefs.set('refs/heads/main', rewritten);
    world.lfs.needs.set(rewritten, [object(3)]);
    world.lfs.missing.add(object(3).oid);
    await world.updateNow(id);
    expect(await world.outcomes(id)).toEqual([['refs/heads/main', 'rejected', 'lfs_object_missing']]);
    expect([world.forgeRefs.get('refs/heads/main'), backups()]).toEqual([two, []]);
    world.lfs.missing.clear();
    await world.updateNow(id);
    expect(world.forgeRefs.get('refs/heads/main')).toBe(rewritten);
    expect(backups()).toHaveLength(1);
  });

  it('with LFS off in the forge nothing is searched, copied or held back', async () => {
    world.lfs.enabled = false;
    world.lfs.missing.add(object(1).oid);
    const id = await world.imported();
    expect(world.forgeRefs.get('refs/heads/main')).toBe(one);
    expect(world.lfs.searches).toEqual([]);
    expect((await world.mirror(id)).deliveredDigest).not.toBeNull();
  });

  it('once LFS is on in the forge, what came before is completed, and told where it cannot be', async () => {
    world.lfs.enabled = false;
    const id = await world.imported();
    world.lfs.enabled = true;
    world.lfs.missing.add(object(1).oid);
    await world.updateNow(id);
    expect(await world.outcomes(id)).toEqual([['refs/heads/main', 'rejected', 'lfs_object_missing']]);
    expect((await world.lastRun(id)).counts).toMatchObject({ rejected: 1, unchanged: 0 });
    world.lfs.missing.clear();
    await world.updateNow(id);
    expect([...world.lfs.arrived]).toEqual([object(1).oid]);
    expect((await world.lastRun(id)).counts).toMatchObject({ rejected: 0, unchanged: 1 });
  });

  it('a run with nothing to push and nothing unknown costs no search', async () => {
    const id = await world.imported();
    await world.updateNow(id);
    expect(world.lfs.searches).toHaveLength(1);
  });

  it('objects come from beside the repository, with its own credentials', async () => {
    await world.imported({ authUser: 'ann', authPassword: secret('pa55') });
    const [copy] = world.lfs.copies;
    expect(copy?.source).toMatchObject({
      endpoint: 'https://upstream.example/group/project.git/info/lfs',
      credentialsOrigin: 'https://upstream.example',
      credentials: { user: 'ann' },
    });
    expect(copy?.source.credentials?.password.reveal()).toBe('pa55');
  });

  it('of an SSH upstream come from where its server says, with what it gives for signing in, and are asked for only then', async () => {
    const headers = new Map([['authorization', secret('RemoteAuth x')]]);
    const endpoint = 'https://lfs.example/group/project';
    world.lfsLogin = { endpoint, headers, expiresAt: 5 };
    await world.imported({ url: 'ssh://git@upstream.example/group/project.git', sshHostKeys: ['ssh-ed25519 server'] });
    const [copy] = world.lfs.copies;
    expect(copy?.source).toEqual({
      ...{ endpoint, credentials: null, credentialsOrigin: 'https://lfs.example' },
      login: { endpoint, headers, expiresAt: 5 },
    });
    world.lfsLogin = { endpoint: 'https://other.example/x', headers: new Map(), expiresAt: 6 };
    expect(await copy?.renew?.()).toMatchObject({ endpoint: 'https://other.example/x' });
    expect(world.upstreamCalls.filter((call) => call === 'lfsLogin')).toHaveLength(2);
  });

  it('of an SSH upstream come from where the mirror says, or from beside the repository when its server knows nothing', async () => {
    const settings = { url: 'ssh://git@upstream.example/group/project.git', sshHostKeys: ['ssh-ed25519 server'] };
    await world.imported({ ...settings, options: { lfsUrl: 'https://lfs.example/x' } });
    expect(world.upstreamCalls).not.toContain('lfsLogin');
    expect(world.lfs.copies[0]).toMatchObject({ source: { endpoint: 'https://lfs.example/x' }, renew: null });
    const other = new ScriptedWorld();
    other.upstreamRefs.set('refs/heads/main', one);
    other.lfs.needs.set(one, [object(1)]);
    await other.imported(settings);
    expect(other.lfs.copies[0]?.source).toMatchObject({
      endpoint: 'https://upstream.example/group/project.git/info/lfs',
      credentials: null,
    });
  });

  it('an LFS server that is down fails the run before anything is pushed', async () => {
    world.lfs.copy.copy = async () => {
      throw new HeadwaterError('upstream_unavailable', { host: 'upstream.example', status: 503 });
    };
    const id = await world.imported();
    expect(await world.mirror(id)).toMatchObject({ status: 'failed', failures: 1 });
    expect(world.forgeRefs.size).toBe(0);
  });
});
