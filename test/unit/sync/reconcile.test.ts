import { HeadwaterError } from '../../../src/domain/errors';
import { createForgeNews } from '../../../src/sync/forge-news';
import { resumeMirror } from '../../../src/sync/pause-mirror';
import { requestSync } from '../../../src/sync/request-sync';
import { reconcileProject, reconcileProjects } from '../../../src/sync/reconcile-project';
import { FakeForge } from '../../fakes/fake-forge';
import { MemoryLogger } from '../../fakes/memory-logger';
import { MemoryNotices } from '../../fakes/memory-notices';
import { MemoryQueue } from '../../fakes/memory-queue';
import { MemoryStore } from '../../fakes/memory-store';
import { buildMirror, buildPolicy } from '../../support/builders';
import { until } from '../../support/until';

async function bench() {
  const store = new MemoryStore();
  const forge = new FakeForge();
  const project = forge.addProject();
  const mirror = buildMirror({ repoId: project.id, ownerId: project.ownerId, nextUpdateAt: 5 });
  await store.transaction((tx) => tx.insertMirror(mirror));
  const queue = new MemoryQueue();
  let runs = 0;
  const deps = {
    ...{ store, forge, queue },
    notices: new MemoryNotices(),
    cache: { remove: async () => undefined },
    log: new MemoryLogger(),
    policy: buildPolicy(),
    newId: () => `run-${(runs += 1)}`,
  };
  return {
    ...{ deps, forge, store, queue },
    change: (changes: object) => forge.projects.set(project.id, { ...project, ...changes }),
    vanish: () => forge.projects.delete(project.id),
    now: () => store.mirrorOfProject(project.id),
    look: (told = false) => reconcileProject(deps, mirror, { isDeletionTold: told }),
    repoId: project.id,
  };
}

/** Once, between the forge's answer and its arrival. */
function meanwhile(forge: FakeForge, method: 'project' | 'isProjectAdmin', happens: () => Promise<void>): void {
  const ask = forge[method].bind(forge) as (...given: unknown[]) => Promise<unknown>;
  const once = async (...given: unknown[]) => {
    delete (forge as Partial<FakeForge>)[method];
    const answer = await ask(...given);
    await happens();
    return answer;
  };
  Object.assign(forge, { [method]: once });
}

describe('AUTH-04, WH-05: what happens to a project in the forge', () => {
  it('a new name is taken over', async () => {
    const { change, look, now } = await bench();
    change({ name: 'renamed' });
    await look();
    expect(await now()).toMatchObject({ fullName: 'owner/renamed', pause: null });
  });

  it('a renamed owner is the same owner', async () => {
    const { change, look, now } = await bench();
    change({ owner: 'owner-with-a-new-name' });
    await look();
    expect(await now()).toMatchObject({ fullName: 'owner-with-a-new-name/project', pause: null });
  });

  it('a transfer pauses the mirror until somebody resumes it for the new owner', async () => {
    const { deps, change, look, now } = await bench();
    change({ owner: 'stranger', ownerId: 99 });
    await look();
    expect(await now()).toMatchObject({ fullName: 'stranger/project', pause: { reason: 'owner_changed' } });
    await look();
    const paused = await now();
    expect(paused?.pause?.reason).toBe('owner_changed');
    await resumeMirror(deps, paused?.id ?? '');
    await look();
    expect(await now()).toMatchObject({ ownerId: 99, pause: null });
  });

  it('an archived project pauses the mirror, and an unarchived one ends that pause and no other', async () => {
    const { change, look, now, queue } = await bench();
    change({ archived: true });
    await look();
    expect((await now())?.pause).toMatchObject({ reason: 'archived' });
    change({ archived: false });
    await look();
    expect((await now())?.pause).toBeNull();
    expect(queue.waiting).toHaveLength(1);
  });

  it.each([
    ['a transfer', { owner: 'stranger', ownerId: 99 }, 'forge_project_transferred'],
    ['archiving', { archived: true }, 'forge_project_archived'],
    ['a right that was taken away', {}, 'maintainer_right_revoked'],
  ])('the run that %s ends says so, and not that somebody stopped it', async (_, changes, code) => {
    const { deps, store, forge, change, look, now } = await bench();
    const mirror = (await now()) ?? buildMirror();
    await store.transaction((tx) =>
      tx.saveMirror({ ...mirror, maintainer: { id: 7, login: 'gone', siteAdmin: false } }),
    );
    const { run } = await requestSync(deps, mirror.id, 'manual');
    change(changes);
    forge.revoked = new Set([7]);
    await look();
    expect(await store.run(run.id)).toMatchObject({ status: 'failed', error: { code } });
    expect(deps.notices.published.at(-1)?.notice).toMatchObject({ type: 'run.failed', runId: run.id, error: { code } });
  });

  it('what the forge said of a right before somebody else took the mirror over does not pause it again', async () => {
    const { deps, store, forge, look, now } = await bench();
    const mirror = (await now()) ?? buildMirror();
    await store.transaction((tx) =>
      tx.saveMirror({ ...mirror, maintainer: { id: 7, login: 'gone', siteAdmin: false } }),
    );
    forge.revoked = new Set([7]);
    meanwhile(forge, 'isProjectAdmin', async () => {
      await look();
      expect((await now())?.pause?.reason).toBe('right_revoked');
      await resumeMirror(deps, mirror.id, { id: 8, login: 'heir', siteAdmin: false });
    });
    await look();
    expect(await now()).toMatchObject({ pause: null, maintainer: { login: 'heir' }, status: 'scheduled' });
  });

  it('what the forge said of a transfer before it was resumed for the new owner does not pause it again', async () => {
    const { deps, forge, change, look, now } = await bench();
    change({ owner: 'stranger', ownerId: 99 });
    meanwhile(forge, 'project', async () => {
      await look();
      await resumeMirror(deps, (await now())?.id ?? '');
    });
    await look();
    expect(await now()).toMatchObject({ pause: null, ownerId: 99, status: 'scheduled' });
  });

  it('what the forge said before it was archived or unarchived does not end a run or a pause', async () => {
    const { deps, forge, store, change, look, now } = await bench();
    const mirror = (await now()) ?? buildMirror();
    change({ archived: true });
    meanwhile(forge, 'project', async () => {
      change({ archived: false });
      await requestSync(deps, mirror.id, 'manual');
    });
    await look();
    expect(await now()).toMatchObject({ pause: null, status: 'scheduled' });

    meanwhile(forge, 'project', async () => {
      change({ archived: true });
      const pause = { reason: 'archived', by: null, at: 9 } as const;
      await store.transaction(async (tx) => tx.saveMirror({ ...mirror, pause }));
    });
    await look();
    expect((await now())?.pause?.reason).toBe('archived');
  });

  it('a mirror that changes whenever its project is looked at waits for the next pass', async () => {
    const { forge, store, change, look, now } = await bench();
    change({ archived: true });
    let runs = 0;
    const ask = forge.project.bind(forge);
    forge.project = async (id) => {
      const mirror = (await now()) ?? buildMirror();
      await store.transaction((tx) => tx.saveMirror({ ...mirror, activeRunId: `run ${(runs += 1)}` }));
      return ask(id);
    };
    await look();
    expect(runs).toBe(5);
    expect(await now()).toMatchObject({ pause: null, projectSeenAt: expect.any(Number) as number });
  });

  it('a pause by a person stays, whatever becomes of the project', async () => {
    const { store, change, look, now } = await bench();
    const mirror = (await now()) ?? buildMirror();
    const pause = { reason: 'person', by: 'maintainer', at: 1 } as const;
    await store.transaction((tx) => tx.saveMirror({ ...mirror, pause }));
    change({ archived: true });
    await look();
    change({ archived: false });
    await look();
    expect((await now())?.pause).toEqual(pause);
  });

  it.each([
    ['when our account would see it', true, false, true],
    ['when the forge has told of the deletion', false, true, true],
    ['but not when our account may only have lost its right', false, false, false],
  ])('a project that is not found takes its mirror along %s', async (_, isSiteAdmin, told, gone) => {
    const { forge, vanish, look, now } = await bench();
    forge.isSiteAdmin = isSiteAdmin;
    vanish();
    await look(told);
    expect((await now()) === null).toBe(gone);
  });

  it('a forge that is down changes nothing', async () => {
    const { forge, look, now } = await bench();
    const before = await now();
    forge.down = true;
    forge.isSiteAdmin = true;
    await expect(look(true)).rejects.toBeInstanceOf(HeadwaterError);
    expect(await now()).toEqual(before);
  });

  it('the pass looks at every project once in its time, also at those of paused mirrors', async () => {
    const { deps, forge, change, now } = await bench();
    change({ archived: true });
    expect(await reconcileProjects(deps, 60_000)).toBe(1);
    expect((await now())?.pause?.reason).toBe('archived');
    forge.asked.length = 0;
    expect(await reconcileProjects(deps, 60_000)).toBe(0);
    expect(forge.asked).toEqual([]);
  });
});

describe('Hints of the forge', () => {
  it('WH-04: about one project are gathered into one look', async () => {
    const { deps, forge, repoId } = await bench();
    const news = createForgeNews({ ...deps, gatherMs: 5 });
    for (let at = 0; at < 1_000; at += 1) news.hear({ repoId, isDeletion: false, sender: 'maintainer', refs: [] });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await news.close();
    expect(forge.asked.filter((what) => what === `project ${repoId}`)).toHaveLength(1);
  });

  it('WH-06: that our own pushes cause are no news', async () => {
    const { deps, forge, repoId } = await bench();
    const news = createForgeNews({ ...deps, gatherMs: 1 });
    news.hear({ repoId, isDeletion: false, sender: 'headwater', refs: [] });
    await new Promise((resolve) => setTimeout(resolve, 30));
    await news.close();
    expect(forge.asked).toEqual(['account']);
  });

  it('of somebody else are followed, also when one of ours came just before', async () => {
    const { deps, forge, repoId } = await bench();
    const news = createForgeNews({ ...deps, gatherMs: 5 });
    for (const sender of ['headwater', 'maintainer', 'headwater'])
      news.hear({ repoId, isDeletion: false, sender, refs: [] });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await news.close();
    expect(forge.asked).toContain(`project ${repoId}`);
  });

  it('WH-05: of a deletion come before it, so it is looked for some times', async () => {
    const { deps, vanish, now, repoId } = await bench();
    const news = createForgeNews({ ...deps, deletionLooksMs: [1, 500] });
    news.hear({ repoId, isDeletion: true, sender: 'maintainer', refs: [] });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await now()).not.toBeNull();
    vanish();
    await until(async () => (await now()) === null);
    await news.close();
    expect(await now()).toBeNull();
  });
});
