import { HeadwaterError } from '../../../src/domain/errors';
import type { UpstreamUrl } from '../../../src/domain/upstream-url';
import { acceptPlan } from '../../../src/sync/accept-plan';
import { enrolMirror } from '../../../src/sync/enrol-mirror';
import { removeMirror } from '../../../src/sync/remove-mirror';
import { requestSync } from '../../../src/sync/request-sync';
import { syncMirror } from '../../../src/sync/sync-mirror';
import { undoRun } from '../../../src/sync/undo-run';
import { ScriptedWorld, secret } from '../../fakes/scripted-world';

const url = 'https://upstream.example/group/project.git';
const credentials = { authUser: 'bob', authPassword: secret('s3cret') };

function world() {
  const w = new ScriptedWorld();
  w.upstreamRefs.set('refs/heads/main', w.history.commit('c1'));
  return w;
}

describe('enrolling', () => {
  it('creates one mirror per project and changes that one afterwards', async () => {
    const w = world();
    const first = await enrolMirror(w, w.project, { url });
    const second = await enrolMirror(w, w.project, { url: `${url}2` });
    expect([first.created, second.created]).toEqual([true, false]);
    expect(second.mirror).toMatchObject({ id: first.mirror.id, url: `${url}2`, revision: 2 });
  });

  it('AUTH-04: is for the owner of that moment: a transfer right afterwards is one, and nothing is pushed', async () => {
    const w = world();
    const { mirror, requested } = await enrolMirror(w, w.project, { url });
    w.project = { ...w.project, owner: 'stranger', ownerId: 99 };
    await syncMirror(w, { mirrorId: mirror.id, runId: requested?.run.id ?? '' }, new AbortController().signal);
    expect(await w.store.mirror(mirror.id)).toMatchObject({
      lastError: { code: 'forge_project_transferred' },
      pause: { reason: 'owner_changed' },
    });
    expect(w.forgeRefs.size).toBe(0);
  });

  it('ignores credentials in the URL and says so', async () => {
    const w = world();
    const { mirror, warnings } = await enrolMirror(w, w.project, { url: 'https://bob:s3cret@upstream.example/p.git' });
    expect(mirror).toMatchObject({ url: 'https://upstream.example/p.git', authUser: null, sealedPassword: null });
    expect(warnings).toMatchObject([{ code: 'url_credentials_ignored' }]);
  });

  it('needs a url to create', async () => {
    const w = world();
    await expect(enrolMirror(w, w.project, { enabled: true })).rejects.toMatchObject({
      code: 'input_invalid',
      fieldFaults: [{ field: 'url' }],
    });
  });

  it.each([
    ['archived', { archived: true }, 'forge_project_archived'],
    ['a native mirror', { nativeMirror: true }, 'forge_project_is_native_mirror'],
  ])('is refused for a project that is %s', async (_, change, code) => {
    const w = world();
    await expect(enrolMirror(w, { ...w.project, ...change }, { url })).rejects.toMatchObject({ code });
  });

  it('refuses a host that may not be connected to, and stores nothing', async () => {
    const w = world();
    const deps = Object.assign(Object.create(w) as ScriptedWorld, {
      checkUpstream: ({ host }: UpstreamUrl) => {
        throw new HeadwaterError('url_blocked', { host });
      },
    });
    await expect(enrolMirror(deps, w.project, { url })).rejects.toMatchObject({ code: 'url_blocked' });
    expect((await w.store.mirrors({ page: 1, limit: 10 })).total).toBe(0);
  });

  it.each([
    ['the host', { url: 'https://evil.example/group/project.git' }],
    ['the scheme', { url: 'http://upstream.example/group/project.git' }],
    ['the port', { url: 'https://upstream.example:8443/group/project.git' }],
    ['the user', { authUser: 'mallory' }],
  ])('SEC-04: a change of %s drops the stored password', async (_, change) => {
    const w = world();
    const id = await w.imported(credentials);
    await enrolMirror(w, w.project, change);
    expect((await w.mirror(id)).sealedPassword).toBeNull();
  });

  it('SEC-04: an undo brings refs back, and neither the old address nor its password', async () => {
    const w = world();
    const id = await w.imported({ ...credentials, options: { divergence: 'overwrite' } });
    const before = w.upstreamRefs.get('refs/heads/main');
    w.upstreamRefs.set('refs/heads/main', w.history.commit('rewritten'));
    w.upstreamRefs.set('refs/heads/more', before ?? '');
    await enrolMirror(w, w.project, { url: 'https://evil.example/group/project.git' });
    await w.work();
    await acceptPlan(w, id, (await w.mirror(id)).held?.id ?? '');
    await w.work();
    await undoRun(w, await w.lastRun(id), new AbortController().signal);
    expect(w.forgeRefs.get('refs/heads/main')).toBe(before);
    expect(await w.mirror(id)).toMatchObject({ url: 'https://evil.example/group/project.git', sealedPassword: null });
    await w.updateNow(id);
    expect(w.lastAccess?.credentials).toBeNull();
    // Nor does the way back to the old address.
    await enrolMirror(w, w.project, { url });
    await w.work();
    expect(w.lastAccess?.credentials).toBeNull();
  });

  it('keeps the password when only the path changes, and it still opens', async () => {
    const w = world();
    await w.imported(credentials);
    await enrolMirror(w, w.project, { url: 'https://upstream.example/other.git' });
    await w.work();
    expect(w.lastAccess?.credentials?.password.reveal()).toBe('s3cret');
  });

  it('takes a new password together with a new host', async () => {
    const w = world();
    await w.imported(credentials);
    await enrolMirror(w, w.project, { url: 'https://other.example/p.git', authPassword: secret('n3w') });
    await w.work();
    expect(w.lastAccess?.credentials?.password.reveal()).toBe('n3w');
  });

  it.each([null, secret('')])('removes the password on request', async (authPassword) => {
    const w = world();
    const id = await w.imported(credentials);
    await enrolMirror(w, w.project, { authPassword });
    expect((await w.mirror(id)).sealedPassword).toBeNull();
  });

  it('starts a run at once when the password was mended, and wakes a paused mirror', async () => {
    const w = world();
    const id = await w.imported(credentials);
    await w.store.transaction(async (tx) => {
      const mirror = await tx.lockMirror(id);
      if (mirror !== null)
        await tx.saveMirror({
          ...mirror,
          pause: { reason: 'failures', by: null, at: 1 },
          failures: 6,
          nextUpdateAt: null,
        });
    });
    const { requested } = await enrolMirror(w, w.project, { authPassword: secret('right') });
    expect(requested?.run.cause).toBe('settings');
    expect(await w.mirror(id)).toMatchObject({ pause: null, failures: 0, status: 'scheduled' });
  });

  it('starts no run when nothing changed', async () => {
    const w = world();
    await w.imported();
    expect((await enrolMirror(w, w.project, { url, enabled: true })).requested).toBeNull();
  });

  it('starts no run for a mirror that is switched off, and "Update now" says why', async () => {
    const w = world();
    const { mirror, requested } = await enrolMirror(w, w.project, { url, enabled: false });
    expect(requested).toBeNull();
    await expect(requestSync(w, mirror.id, 'manual')).rejects.toMatchObject({ code: 'mirror_disabled' });
  });
});

describe('SCHED-08: a change in the middle of a run', () => {
  it('to another upstream stops it, pushes nothing of the old one, and runs the new one', async () => {
    const w = world();
    const id = await w.enrol();
    const old = w.queue.take();
    const fetch = w.upstream.fetch;
    w.upstream.fetch = async (request) => {
      await enrolMirror(w, w.project, { url: 'https://other.example/p.git' });
      return fetch(request);
    };
    if (old !== undefined) await syncMirror(w, old, new AbortController().signal);
    expect(w.pushes).toEqual([]);
    w.upstream.fetch = fetch;
    await w.work();
    expect(w.lastAccess?.url.href).toBe('https://other.example/p.git');
    expect(await w.mirror(id)).toMatchObject({ status: 'finished', failures: 0 });
    const { items } = await w.store.runs(id, { page: 1, limit: 10 });
    expect(items.map((run) => run.error?.code ?? run.status).sort()).toEqual(['finished', 'run_superseded']);
  });

  it('that switches it off pushes nothing any more', async () => {
    const w = world();
    await w.enrol();
    const fetch = w.upstream.fetch;
    w.upstream.fetch = async (request) => {
      await enrolMirror(w, w.project, { enabled: false });
      return fetch(request);
    };
    await w.work();
    expect(w.pushes).toEqual([]);
    expect(w.queue.waiting).toEqual([]);
  });

  it('that removes it leaves nothing behind', async () => {
    const w = world();
    const id = await w.enrol();
    const fetch = w.upstream.fetch;
    w.upstream.fetch = async (request) => {
      await removeMirror(w, id);
      return fetch(request);
    };
    await w.work();
    expect(w.pushes).toEqual([]);
    expect(await w.store.mirror(id)).toBeNull();
    expect(await w.store.deliveredRefs(id)).toEqual(new Map());
    expect(w.cacheRemovals).toBe(1);
    expect(w.notices.of(id)).toContainEqual({ type: 'mirror.removed' });
  });
});

it('DATA-09: removing a mirror leaves the project in the forge as it is', async () => {
  const w = world();
  const id = await w.imported();
  const before = new Map(w.forgeRefs);
  await removeMirror(w, id);
  expect(w.forgeRefs).toEqual(before);
  await expect(removeMirror(w, id)).rejects.toMatchObject({ code: 'mirror_not_found' });
});
