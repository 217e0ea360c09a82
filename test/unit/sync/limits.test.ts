import { fault, HeadwaterError } from '../../../src/domain/errors';
import { failureRule } from '../../../src/domain/failure-rules';
import type { RefName } from '../../../src/domain/git-ref';
import { syncStateOf } from '../../../src/domain/sync-state';
import { scheduleDue } from '../../../src/sync/schedule-due';
import { hour, ScriptedWorld } from '../../fakes/scripted-world';

const main = 'refs/heads/main';
const tag = 'refs/tags/v1';

describe('NET-06: a push that is refused in part', () => {
  /** Five refusals of policy among five hundred branches. */
  async function refused() {
    const w = new ScriptedWorld();
    w.portionSize = 100;
    const c1 = w.history.commit('c1');
    for (let number = 0; number < 500; number += 1) w.upstreamRefs.set(`refs/heads/b${number}`, c1);
    w.upstreamRefs.set(main, c1).set(tag, c1);
    w.protectedRefs.add('refs/heads/b7');
    w.refusedRefs.add('refs/heads/b99');
    w.refusals.set(
      'refs/heads/b100',
      fault('ref_refused', { ref: 'refs/heads/b100', why: 'deny updating a hidden ref' }),
    );
    w.refusals.set(tag, fault('tag_protected', { ref: tag, account: 'headwater' }));
    const id = await w.imported();
    return { w, id };
  }

  it('lets all others through, tells of each why, and is neither a failure nor a success', async () => {
    const { w, id } = await refused();
    expect(w.forgeRefs.size).toBe(498);
    const { items } = await w.store.runOutcomes((await w.lastRun(id)).id, { page: 1, limit: 1000 });
    const rejected = items.filter(({ action }) => action === 'rejected');
    expect(rejected.map(({ ref, reason }) => [ref, reason?.code])).toEqual([
      ['refs/heads/b7', 'branch_protected'],
      ['refs/heads/b99', 'hook_declined'],
      ['refs/heads/b100', 'ref_refused'],
      [tag, 'tag_protected'],
    ]);
    const mirror = await w.mirror(id);
    expect(mirror).toMatchObject({ status: 'finished', failures: 0, lastCounts: { created: 498, rejected: 4 } });
    expect(syncStateOf(mirror)).toBe('behind');
  });

  it('asks again for what policy refused at the regular turn only, and of nothing else', async () => {
    const { w, id } = await refused();
    expect((await w.mirror(id)).nextUpdateAt).toBeGreaterThanOrEqual(w.clock.now() + 5 * hour);
    for (let turn = 0; turn < 3; turn += 1) {
      w.pushes.length = 0;
      w.clock.advance(hour);
      expect(await scheduleDue(w)).toBe(0);
      w.clock.advance(6 * hour);
      expect(await scheduleDue(w)).toBe(1);
      await w.work();
      expect(w.pushes.flat().sort()).toEqual(['refs/heads/b100', 'refs/heads/b7', 'refs/heads/b99', tag]);
    }
    expect(await w.mirror(id)).toMatchObject({ status: 'finished', failures: 0, pause: null });
  });
});

describe('RES-04: an upstream with many thousand refs', () => {
  const many = 10_000;
  const names = Array.from({ length: many }, (_, number): RefName => `refs/heads/topic/${number}`);

  it('arrives in portions, is not touched when nothing is new, and is pushed as far as it changed', async () => {
    const w = new ScriptedWorld();
    w.portionSize = 1_000;
    const [c1, c2] = [w.history.commit('c1'), w.history.commit('c2', w.history.commit('c1'))];
    for (const name of names) w.upstreamRefs.set(name, c1);
    w.upstreamRefs.set(main, c1);
    const id = await w.imported();
    expect(w.forgeRefs.size).toBe(many + 1);
    expect(Math.max(...w.pushes.map((portion) => portion.length))).toBeLessThanOrEqual(w.portionSize);

    const byTheClock = async () => {
      w.pushes.length = w.forgeCalls.length = w.upstreamCalls.length = 0;
      w.clock.advance(7 * hour);
      await scheduleDue(w);
      await w.work();
      return (await w.lastRun(id)).counts;
    };
    expect(await byTheClock()).toMatchObject({ unchanged: many + 1 });
    expect([w.pushes, w.forgeCalls, w.upstreamCalls]).toEqual([[], [], ['list']]);

    w.upstreamRefs.set('refs/heads/topic/777', c2);
    expect(await byTheClock()).toMatchObject({ fast_forwarded: 1, unchanged: many });
    expect([w.pushes, w.upstreamCalls]).toEqual([[['refs/heads/topic/777']], ['list', 'fetch 1']]);

    for (const name of names) w.upstreamRefs.set(name, c2);
    expect(await byTheClock()).toMatchObject({ fast_forwarded: many - 1, unchanged: 2 });
    expect(Math.max(...w.pushes.map((portion) => portion.length))).toBeLessThanOrEqual(w.portionSize);
    expect(w.upstreamCalls).toEqual(['list']);
  });
});

describe('RES-08: a quota that is used up', () => {
  const imported = async () => {
    const w = new ScriptedWorld();
    const c1 = w.history.commit('c1');
    w.upstreamRefs.set(main, c1).set(tag, c1);
    const id = await w.imported();
    const good = new Map(w.forgeRefs);
    w.upstreamRefs.set(main, w.history.commit('c2', c1));
    return { w, id, good };
  };
  const faults = [
    ['of bytes for one mirror', new HeadwaterError('upstream_too_large', { limit: 2_000_000 }), '2000000 bytes'],
    ['of memory for one fetch', new HeadwaterError('fetch_limit', { limit: '600 bytes of memory' }), '600 bytes'],
    ['of refs for one mirror', new HeadwaterError('upstream_too_many_refs', { limit: 200_000 }), '200000'],
  ] as const;

  it.each(faults)('%s is told with its number, and the last good state stays', async (_, quota, number) => {
    const { w, id, good } = await imported();
    const { deliveredDigest } = await w.mirror(id);
    const fetch = w.upstream.fetch;
    w.upstream.fetch = () => Promise.reject(quota);
    await w.updateNow(id);
    const mirror = await w.mirror(id);
    expect(mirror).toMatchObject({ lastError: { code: quota.code }, deliveredDigest });
    expect(mirror.lastError?.message).toContain(number);
    expect(w.forgeRefs).toEqual(good);
    // It costs a lot each time, so it is tried less and less often.
    expect(failureRule(quota.code).retry).toBe('growing');
    w.upstream.fetch = fetch;
    await w.updateNow(id);
    expect(w.forgeRefs).toEqual(w.upstreamRefs);
  });

  it('in the forge leaves the project as it is, and what waits is pushed once there is room', async () => {
    const { w, id, good } = await imported();
    w.beforePush = () => {
      throw new HeadwaterError('forge_quota');
    };
    await w.updateNow(id);
    expect(w.forgeRefs).toEqual(good);
    expect((await w.mirror(id)).lastError).toMatchObject({ code: 'forge_quota' });
    w.beforePush = () => undefined;
    w.upstreamCalls.length = 0;
    await w.updateNow(id);
    expect(w.forgeRefs).toEqual(w.upstreamRefs);
    // What had come from the upstream has been kept.
    expect(w.upstreamCalls).toEqual(['list']);
  });
});
