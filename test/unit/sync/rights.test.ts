import { openPolicy, type Policy } from '../../../src/domain/policy';
import { visibilityWarning } from '../../../src/domain/project-visibility';
import { enrolMirror } from '../../../src/sync/enrol-mirror';
import { resumeMirror } from '../../../src/sync/pause-mirror';
import { reconcileProject } from '../../../src/sync/reconcile-project';
import { ScriptedWorld, secret } from '../../fakes/scripted-world';

const url = 'https://upstream.example/group/project.git';
const ann = { id: 21, login: 'ann', siteAdmin: false };
const ben = { id: 22, login: 'ben', siteAdmin: false };

async function world() {
  const w = new ScriptedWorld();
  const first = w.history.commit('c1');
  w.upstreamRefs.set('refs/heads/main', first);
  const id = await w.imported({ by: ann, authUser: 'bot', authPassword: secret('s3cret') });
  const mirror = async () => {
    const found = await w.store.mirror(id);
    if (found === null) throw new Error('the mirror is gone');
    return found;
  };
  const deps = Object.assign(w, { cache: { ...w.cache, remove: async () => undefined } });
  return {
    w,
    id,
    mirror,
    look: async () => reconcileProject(deps, await mirror()),
    allow: (changes: Partial<Policy>) => w.store.transaction((tx) => tx.savePolicy({ ...openPolicy, ...changes })),
    news: () => w.upstreamRefs.set('refs/heads/main', w.history.commit('c2', first)),
  };
}

describe('AUTH-01: a mirror goes by the right of whoever answers for it', () => {
  it('nothing is pushed once the right is gone, and the mirror waits for another admin, who answers for it then', async () => {
    const { w, id, mirror, news } = await world();
    expect((await mirror()).maintainer).toEqual(ann);
    const before = new Map(w.forgeRefs);
    news();
    w.revoked.add(ann.id);
    await w.updateNow(id);
    expect(await mirror()).toMatchObject({
      pause: { reason: 'right_revoked' },
      lastError: { code: 'maintainer_right_revoked', message: expect.stringMatching(/^ann, /) as string },
    });
    expect(w.forgeRefs).toEqual(before);
    await expect(w.updateNow(id)).rejects.toMatchObject({ code: 'maintainer_right_revoked' });

    await resumeMirror(w, id, ben);
    expect(await mirror()).toMatchObject({ pause: null, maintainer: ben });
    await w.work();
    expect(w.forgeRefs).toEqual(w.upstreamRefs);
  });

  it('the pass finds it too, and ends that pause when the right is back', async () => {
    const { w, mirror, look } = await world();
    w.revoked.add(ann.id);
    await look();
    expect((await mirror()).pause?.reason).toBe('right_revoked');
    await look();
    w.revoked.clear();
    await look();
    expect(await mirror()).toMatchObject({ pause: null, maintainer: ann });
  });

  it('whoever names other credentials answers for it from then on; other settings change nothing of that', async () => {
    const { w, mirror } = await world();
    await enrolMirror(w, w.project, { options: { deletions: 'follow' }, by: ben });
    expect((await mirror()).maintainer).toEqual(ann);
    await enrolMirror(w, w.project, { authPassword: secret('other'), by: ben });
    expect((await mirror()).maintainer).toEqual(ben);
    await enrolMirror(w, w.project, { url, by: 'server' });
    expect((await mirror()).maintainer).toBeNull();
  });

  it('a mirror of the command line asks for nobody’s right, and neither does a run with nothing new', async () => {
    const { w, id, mirror, news } = await world();
    await enrolMirror(w, w.project, { url, by: 'server' });
    w.revoked.add(ann.id);
    news();
    await w.updateNow(id);
    expect((await mirror()).status).toBe('finished');
    expect(w.forgeCalls.filter((call) => call === 'isProjectAdmin')).toHaveLength(1);
  });

  it('a pause by a person stays what it is', async () => {
    const { w, id, mirror, look } = await world();
    const pause = { reason: 'person', by: 'ann', at: 1 } as const;
    const paused = await mirror();
    await w.store.transaction((tx) => tx.saveMirror({ ...paused, pause }));
    w.revoked.add(ann.id);
    await look();
    expect((await w.store.mirror(id))?.pause).toEqual(pause);
  });
});

describe('AUTH-04: a project that is made public', () => {
  it('is told before the next push, until it is private again', async () => {
    const { w, id, mirror, news } = await world();
    w.project = { ...w.project, private: true };
    await w.updateNow(id);
    expect(visibilityWarning(await mirror())).toBeNull();
    w.project = { ...w.project, private: false };
    news();
    let before: unknown = null;
    w.beforePush = async () => void (before = visibilityWarning(await mirror()));
    await w.updateNow(id);
    expect(before).toMatchObject({ code: 'project_made_public' });
    w.project = { ...w.project, private: true };
    await w.updateNow(id);
    expect(visibilityWarning(await mirror())).toBeNull();
  });

  it('is found by the pass, and confirmed by whoever saves the address anew', async () => {
    const { w, mirror, look } = await world();
    w.project = { ...w.project, private: true };
    await look();
    w.project = { ...w.project, private: false };
    await look();
    await look();
    expect(visibilityWarning(await mirror())).toMatchObject({ code: 'project_made_public' });
    await enrolMirror(w, w.project, { options: { deletions: 'follow' }, by: ben });
    expect(visibilityWarning(await mirror())).not.toBeNull();
    await enrolMirror(w, w.project, { url, by: ben });
    await look();
    expect(visibilityWarning(await mirror())).toBeNull();
  });

  it('is no news of an upstream that everybody may read, nor of a project that was public from the start', async () => {
    const { w, mirror, look } = await world();
    await look();
    expect(visibilityWarning(await mirror())).toBeNull();
    w.project = { ...w.project, private: true };
    await look();
    await enrolMirror(w, w.project, { authUser: null, authPassword: null, by: ann });
    w.project = { ...w.project, private: false };
    await look();
    expect((await mirror()).visibility?.madePublicAt).not.toBeNull();
    expect(visibilityWarning(await mirror())).toBeNull();
  });
});

describe('SSRF-07: what the policy refuses is refused at each run', () => {
  it.each<[string, Partial<Policy>, string]>([
    ['a host', { refusedHosts: ['*.example'] }, 'host_not_allowed'],
    ['all hosts but others', { allowedHosts: ['elsewhere.test'] }, 'host_not_allowed'],
    ['a scheme', { schemes: ['ssh'] }, 'scheme_not_allowed'],
  ])(
    '%s that was refused after the mirror was made gets no connection, and nothing is pushed',
    async (_, changes, code) => {
      const { w, id, mirror, allow, news } = await world();
      news();
      await allow(changes);
      const calls = w.upstreamCalls.length;
      await w.updateNow(id);
      expect((await mirror()).lastError?.code).toBe(code);
      expect(w.upstreamCalls).toHaveLength(calls);
      await allow({});
      await w.updateNow(id);
      expect(await mirror()).toMatchObject({ status: 'finished', lastError: null });
    },
  );

  it('an LFS server of the mirror’s own too', async () => {
    const { w, id, mirror, allow } = await world();
    await enrolMirror(w, w.project, { options: { lfsUrl: 'https://lfs.test/x' }, by: ann });
    await w.work();
    await allow({ refusedHosts: ['lfs.test'] });
    await w.updateNow(id);
    expect((await mirror()).lastError).toMatchObject({
      code: 'host_not_allowed',
      message: expect.stringContaining('lfs.test') as string,
    });
  });

  it('is a failure like others: it is tried again at the next pass, and counts', async () => {
    const { w, id, mirror, allow } = await world();
    await allow({ refusedHosts: ['upstream.example'] });
    await w.updateNow(id);
    expect(await mirror()).toMatchObject({ failures: 1, pause: null, nextUpdateAt: expect.any(Number) as number });
  });
});
