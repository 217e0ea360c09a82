import type { Mirror } from '../../../src/domain/mirror';
import { fault, HeadwaterError } from '../../../src/domain/errors';
import { syncStateOf } from '../../../src/domain/sync-state';
import { createForgeNews } from '../../../src/sync/forge-news';
import { scheduleDue } from '../../../src/sync/schedule-due';
import { ScriptedWorld } from '../../fakes/scripted-world';

const main = 'refs/heads/main';

/** A mirror in sync, and what the forge tells of a push to its project. */
async function inSync() {
  const w = new ScriptedWorld();
  w.upstreamRefs.set(main, w.history.commit('c1'));
  const id = await w.imported();
  const told = async (ref: string, sender = 'maintainer') => {
    const news = createForgeNews({ ...w, gatherMs: 1 });
    news.hear({ repoId: w.project.id, isDeletion: false, sender, refs: [ref] });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await news.close();
  };
  const change = async (changes: Partial<Mirror>) => {
    const mirror = await w.mirror(id);
    await w.store.transaction((tx) => tx.saveMirror({ ...mirror, ...changes }));
    return { ...mirror, ...changes };
  };
  return { w, id, told, change };
}

describe('a push by somebody else', () => {
  it('to a mirrored branch is looked at by a run of the clock that comes soon, though nothing is new upstream', async () => {
    const { w, id, told } = await inSync();
    w.forgeRefs.set(main, w.history.commit('local', w.upstreamRefs.get(main)));
    await told(main);
    expect(syncStateOf(await w.mirror(id))).toBe('in_sync');
    w.clock.advance(w.policy.minIntervalMs);
    expect(await scheduleDue(w)).toBe(1);
    await w.work();
    expect(syncStateOf(await w.mirror(id))).toBe('diverged');
    expect(w.upstreamCalls.filter((call) => call.startsWith('fetch'))).toHaveLength(1);
    // It is known now, so the next ones come as ever.
    expect((await w.mirror(id)).nextUpdateAt).toBeGreaterThan(w.clock.now() + w.policy.minIntervalMs);
  });

  it('is found as well when it comes during a run that has read the forge already', async () => {
    const { w, id, told } = await inSync();
    w.upstreamRefs.set('refs/heads/dev', w.history.commit('d1'));
    w.beforePush = async () => {
      w.beforePush = () => undefined;
      w.forgeRefs.set(main, w.history.commit('local', w.upstreamRefs.get(main)));
      await told(main);
    };
    await w.updateNow(id);
    expect(await w.lastRun(id)).toMatchObject({ status: 'finished', counts: { created: 1, unchanged: 1 } });
    w.clock.advance(w.policy.minIntervalMs);
    expect(await scheduleDue(w)).toBe(1);
    await w.work();
    expect(syncStateOf(await w.mirror(id))).toBe('diverged');
    // That run was not doubted.
    expect((await w.mirror(id)).deliveredDigest).toBeNull();
    w.forgeRefs.set(main, w.upstreamRefs.get(main) ?? '');
    await w.updateNow(id);
    expect((await w.mirror(id)).deliveredDigest).toEqual(expect.any(String));
  });

  it('counts for nothing more once the run that it came in has failed', async () => {
    const { w, id, told } = await inSync();
    w.upstreamRefs.set('refs/heads/dev', w.history.commit('d1'));
    w.beforePush = async () => {
      await told(main);
      throw new HeadwaterError('forge_push_failed', { why: 'it broke off' });
    };
    await w.updateNow(id);
    expect((await w.mirror(id)).deliveredDigest).toBeNull();
    w.beforePush = () => undefined;
    await w.updateNow(id);
    expect((await w.mirror(id)).deliveredDigest).toEqual(expect.any(String));
  });

  it.each([
    ['to a branch that is nobody else’s', 'refs/heads/own-work', 'maintainer'],
    ['that was Headwater’s own', main, 'headwater'],
  ])('%s changes nothing', async (_, ref, sender) => {
    const { w, id, told } = await inSync();
    const before = await w.mirror(id);
    await told(ref, sender);
    expect(await w.mirror(id)).toMatchObject({
      ...{ deliveredDigest: before.deliveredDigest, nextUpdateAt: before.nextUpdateAt },
    });
    expect(before.deliveredDigest).not.toBeNull();
  });

  it.each([
    ['paused', { pause: { reason: 'person', by: 'maintainer', at: 1 }, nextUpdateAt: null }],
    ['waiting for its next try after a failure', { lastError: fault('upstream_unreachable', { host: 'h', why: 'w' }) }],
  ] as [string, Partial<Mirror>][])('wakes no mirror that is %s', async (_, changes) => {
    const { w, id, told, change } = await inSync();
    const { nextUpdateAt } = await change(changes);
    await told(main);
    expect(await w.mirror(id)).toMatchObject({ nextUpdateAt, deliveredDigest: null });
  });
});
