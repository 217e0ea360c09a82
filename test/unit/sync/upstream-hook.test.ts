import { followAll, followUp } from '../../../src/sync/follow-up';
import { makeHookSecret } from '../../../src/sync/hook-secret';
import { createHookTimers } from '../../../src/sync/hook-timers';
import { requestSync } from '../../../src/sync/request-sync';
import { planNext } from '../../../src/sync/plan-next';
import { pauseMirror, resumeMirror } from '../../../src/sync/pause-mirror';
import { takeDelivery } from '../../../src/sync/take-delivery';
import { fault, HeadwaterError } from '../../../src/domain/errors';
import { hour, minute, ScriptedWorld } from '../../fakes/scripted-world';

const hookPolicy = { delayMs: 2000, intervalMs: 15_000 };

/** A mirror that was imported, with a webhook. */
async function scene() {
  const w = new ScriptedWorld();
  w.upstreamRefs.set('refs/heads/main', w.history.commit('c1'));
  const id = await w.imported();
  w.clock.advance(minute);
  await makeHookSecret(w, id);
  const deliver = async (name: string | null = null) => {
    const mirror = await w.mirror(id);
    const sealed = mirror.hook?.secrets[0]?.sealed ?? '';
    return takeDelivery({ ...w, hookPolicy }, { mirror, sealed, id: name, isPush: true });
  };
  const causes = async () => (await w.store.runs(id, { page: 1, limit: 100 })).items.map(({ cause }) => cause);
  return { w, id, deliver, causes };
}

describe('deliveries of an upstream', () => {
  it('start one run when several come within some seconds', async () => {
    const { w, id, deliver, causes } = await scene();
    expect(await deliver()).toBe(2000);
    w.clock.advance(1500);
    await deliver();
    expect(await followUp(w, id)).toBeNull();
    w.clock.advance(500);
    expect(await followUp(w, id)).not.toBeNull();
    expect(await followUp(w, id)).toBeNull();
    expect(w.queue.ensured.at(-1)?.priority).toBe('clock');
    await w.work();
    expect(await followUp(w, id)).toBeNull();
    expect(await causes()).toEqual(['upstream_hook', 'enrolled']);
  });

  it('that come while a run is under way start one more afterwards', async () => {
    const { w, id, deliver, causes } = await scene();
    w.upstreamRefs.set('refs/heads/main', w.history.commit('c2', w.upstreamRefs.get('refs/heads/main')));
    await requestSync(w, id, 'manual');
    w.beforePush = async () => {
      w.beforePush = () => undefined;
      await deliver();
      w.clock.advance(minute);
      await deliver();
      expect(await followUp(w, id)).toBeNull();
    };
    await w.work();
    expect(await followUp(w, id)).not.toBeNull();
    await w.work();
    expect(await followUp(w, id)).toBeNull();
    expect(await causes()).toEqual(['upstream_hook', 'manual', 'enrolled']);
  });

  it('need no run of their own when one begins to look after them', async () => {
    const { w, id, deliver, causes } = await scene();
    await deliver();
    await w.updateNow(id);
    w.clock.advance(hour);
    expect(await followUp(w, id)).toBeNull();
    expect(await causes()).toEqual(['manual', 'enrolled']);
  });

  it('are not seen by a dry run, which makes way for theirs', async () => {
    const { w, id, deliver, causes } = await scene();
    await deliver();
    await planNext(w, id, { waitMs: 0, pollMs: 1 });
    w.clock.advance(minute);
    expect(await followUp(w, id)).toBeNull();
    await w.work();
    expect(await followUp(w, id)).not.toBeNull();
    expect(await causes()).toEqual(['upstream_hook', 'plan', 'enrolled']);
  });

  it('ask for at most one run in the interval, however many there are', async () => {
    const { w, id, deliver, causes } = await scene();
    for (let second = 0; second < 60; second += 1) {
      await deliver(`delivery ${second}`);
      if ((await followUp(w, id)) !== null) await w.work();
      w.clock.advance(1000);
    }
    expect((await causes()).filter((cause) => cause === 'upstream_hook').length).toBe(4);
  });

  it('count as an update, so that the clock comes six hours later', async () => {
    const { w, id, deliver } = await scene();
    w.clock.advance(3 * hour);
    await deliver();
    w.clock.advance(2000);
    await followUp(w, id);
    expect((await w.mirror(id)).nextUpdateAt).toBeGreaterThanOrEqual(w.clock.now() + 6 * hour);
  });

  it('wait while the mirror is paused, and are seen by the run that ends the pause', async () => {
    const { w, id, deliver, causes } = await scene();
    await pauseMirror(w, id, 'person', 'ann');
    await deliver();
    w.clock.advance(hour);
    expect([await followUp(w, id), await followAll(w)]).toEqual([null, 0]);
    expect((await w.mirror(id)).pause).not.toBeNull();
    await resumeMirror(w, id);
    await w.work();
    expect((await w.mirror(id)).hook?.dueAt).toBeNull();
    expect(await causes()).toEqual(['manual', 'enrolled']);
  });

  it('do not shorten the wait after a failure, and are seen by the retry', async () => {
    const { w, id, deliver, causes } = await scene();
    w.upstreamFault = new HeadwaterError('upstream_unreachable', { host: 'h', why: 'no' });
    await requestSync(w, id, 'manual');
    await w.work();
    await deliver();
    w.clock.advance(minute);
    expect([await followUp(w, id), await followAll(w)]).toEqual([null, 0]);
    expect((await w.mirror(id)).lastError).toMatchObject({ code: fault('upstream_unreachable').code });
    w.upstreamFault = null;
    await requestSync(w, id, 'clock');
    await w.work();
    expect([await followUp(w, id), await causes()]).toEqual([null, ['clock', 'manual', 'enrolled']]);
  });

  it('in any order, twice or not at all, end in the upstream’s state (WH-05)', async () => {
    const { w, id, deliver } = await scene();
    const follow = async () => {
      w.clock.advance(minute);
      if ((await followUp(w, id)) !== null) await w.work();
    };
    const refs = () => [...w.forgeRefs].filter(([ref]) => ref.startsWith('refs/heads/'));
    // "Deleted" comes before "created" of a branch that is there in the end, and the latter twice.
    w.upstreamRefs.set('refs/heads/new', w.history.commit('new'));
    for (const name of ['deleted', 'created', 'created']) await deliver(name);
    await follow();
    expect(new Map(refs())).toEqual(w.upstreamRefs);
    // A delivery that never came is made up for by the next one, whatever that is about, and by the clock.
    w.upstreamRefs.set('refs/heads/missed', w.history.commit('missed'));
    await deliver('about something else');
    await follow();
    expect(new Map(refs())).toEqual(w.upstreamRefs);
    w.upstreamRefs.set('refs/heads/never told', w.history.commit('never told'));
    w.clock.advance(7 * hour);
    await requestSync(w, id, 'clock');
    await w.work();
    expect(new Map(refs())).toEqual(w.upstreamRefs);
  });

  it('are followed by the round when the process that took them went away', async () => {
    const { w, deliver, causes } = await scene();
    await deliver();
    expect(await followAll(w)).toBe(0);
    w.clock.advance(2000);
    expect(await followAll(w)).toBe(1);
    expect(await causes()).toEqual(['upstream_hook', 'enrolled']);
  });

  it('are followed when their timer ends, and by none that was closed', async () => {
    const { w, id, deliver, causes } = await scene();
    await deliver();
    const closed = createHookTimers(w);
    closed.set(id, 0);
    await closed.close();
    const timers = createHookTimers(w);
    w.clock.advance(2000);
    timers.set(id, 1);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await timers.close();
    expect(await causes()).toEqual(['upstream_hook', 'enrolled']);
  });
});
