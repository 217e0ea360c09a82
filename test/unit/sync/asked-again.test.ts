import { followAll, followUp } from '../../../src/sync/follow-up';
import { stopRun } from '../../../src/sync/pause-mirror';
import { planNext } from '../../../src/sync/plan-next';
import { recoverRuns } from '../../../src/sync/recover-runs';
import { requestSync, type RequestedRun } from '../../../src/sync/request-sync';
import { HeadwaterError } from '../../../src/domain/errors';
import { minute, ScriptedWorld } from '../../fakes/scripted-world';
import { buildHook } from '../../support/builders';

const main = 'refs/heads/main';

/** A mirror that was imported, whose upstream has something new. */
async function scene() {
  const w = new ScriptedWorld();
  w.upstreamRefs.set(main, w.history.commit('c1'));
  const id = await w.imported();
  w.clock.advance(minute);
  const commit = (name: string) => w.upstreamRefs.set(main, w.history.commit(name, w.upstreamRefs.get(main)));
  commit('c2');
  const press = () => requestSync(w, id, 'manual');
  /** Does something in the middle of the next run, after it has listed the upstream. */
  const during = (act: () => Promise<unknown>): void => {
    const fetch = w.upstream.fetch;
    w.upstream.fetch = async (request) => {
      w.upstream.fetch = fetch;
      await act();
      return fetch(request);
    };
  };
  const causes = async () => (await w.store.runs(id, { page: 1, limit: 100 })).items.map(({ cause }) => cause);
  return { w, id, commit, press, during, causes };
}

describe('"Update now" while a run is under way that has looked already', () => {
  it('is answered with that run, and exactly one more brings what was there at the press', async () => {
    const { w, id, commit, press, during, causes } = await scene();
    const asked: RequestedRun[] = [];
    during(async () => {
      commit('c3');
      for (let times = 0; times < 3; times += 1) asked.push(await press());
      expect(await followUp(w, id)).toBeNull();
    });
    const first = await requestSync(w, id, 'clock');
    await w.work();
    expect(asked.map(({ run, fresh, again }) => [run.id, fresh, again])).toEqual(
      Array.from({ length: 3 }, () => [first.run.id, false, true]),
    );
    expect(w.forgeRefs).not.toEqual(w.upstreamRefs);
    expect(await followUp(w, id)).not.toBeNull();
    expect(await followUp(w, id)).toBeNull();
    await w.work();
    expect(w.forgeRefs).toEqual(w.upstreamRefs);
    expect([await followUp(w, id), await followAll(w)]).toEqual([null, 0]);
    expect(await causes()).toEqual(['manual', 'clock', 'enrolled']);
  });

  it('needs no run of its own while the run under way only waits', async () => {
    const { w, id, press, causes } = await scene();
    await requestSync(w, id, 'clock');
    expect(await press()).toMatchObject({ fresh: false, again: false });
    await w.work();
    expect(await followUp(w, id)).toBeNull();
    expect(await causes()).toEqual(['clock', 'enrolled']);
  });

  it('is not forgotten by a process that dies before the run ends, or right after it', async () => {
    const { w, id, commit, press, during, causes } = await scene();
    during(async () => {
      commit('c3');
      await press();
    });
    await press();
    await w.work();
    // Nobody asked for the run that follows: the round of another process does.
    expect(await followAll(w)).toBe(1);
    const job = w.queue.take();
    expect((await w.mirror(id)).activeRunId).toBe(job?.runId);

    const other = await scene();
    other.during(async () => {
      other.commit('c3');
      await other.press();
      other.w.store.down = true;
      throw new Error('killed');
    });
    await other.press();
    await other.w.work();
    other.w.store.down = false;
    other.w.clock.advance(2 * minute);
    await recoverRuns(other.w);
    await other.w.work();
    expect(other.w.forgeRefs).toEqual(other.w.upstreamRefs);
    // That run has looked after the press.
    expect(await followUp(other.w, other.id)).toBeNull();
    expect(await other.causes()).toEqual(['recovery', 'manual', 'enrolled']);
    expect(await causes()).toEqual(['manual', 'manual', 'enrolled']);
  });

  it('is followed though that run failed, unless its failure paused the mirror', async () => {
    const { w, id, press, during } = await scene();
    const fail = () => Promise.reject(new HeadwaterError('upstream_truncated', { host: 'upstream.example' }));
    during(() => press().then(fail));
    await press();
    await w.work();
    expect(await w.mirror(id)).toMatchObject({ status: 'failed', pause: null });
    expect(await followUp(w, id)).not.toBeNull();
    await w.work();
    expect(w.forgeRefs).toEqual(w.upstreamRefs);

    during(async () => {
      await press();
      const paused = { reason: 'failures', by: null, at: w.clock.now() } as const;
      await w.store.transaction(async (tx) => tx.saveMirror({ ...(await w.mirror(id)), pause: paused }));
      return fail();
    });
    w.upstreamRefs.set(main, w.history.commit('c4', w.upstreamRefs.get(main)));
    await press();
    await w.work();
    expect([await followUp(w, id), await followAll(w)]).toEqual([null, 0]);
  });

  it('is over when somebody stops the run', async () => {
    const { w, id, press, during } = await scene();
    during(async () => {
      await press();
      await stopRun(w, id, 'ann');
    });
    await press();
    await w.work();
    expect([await followUp(w, id), (await w.mirror(id)).askedAgainAt]).toEqual([null, null]);
  });

  it('is not answered by a dry run, which makes way for it', async () => {
    const { w, id, press, during, causes } = await scene();
    during(press);
    await press();
    await w.work();
    await planNext(w, id, { waitMs: 0, pollMs: 1 });
    await w.work();
    expect(await followUp(w, id)).not.toBeNull();
    expect(await causes()).toEqual(['manual', 'plan', 'manual', 'enrolled']);
  });

  it('waits while people asked too often, and a delivery does not', async () => {
    const { w, id, press, during, causes } = await scene();
    Object.assign(w.policy, { manualRunsPerMinute: 2, manualIntervalMs: 5 * minute });
    for (let times = 0; times < 2; times += 1) await w.updateNow(id);
    during(press);
    w.upstreamRefs.set(main, w.history.commit('c4', w.upstreamRefs.get(main)));
    await requestSync(w, id, 'clock');
    await w.work();
    const before = await causes();
    expect([await followUp(w, id), await followAll(w)]).toEqual([null, 0]);
    expect(await causes()).toEqual(before);
    const hook = buildHook({ dueAt: w.clock.now() });
    await w.store.transaction(async (tx) => tx.saveMirror({ ...(await w.mirror(id)), hook }));
    expect(await followAll(w)).toBe(1);
    await w.work();
    expect(await causes()).toEqual(['upstream_hook', ...before]);
    // That one has looked for both of them.
    w.clock.advance(10 * minute);
    expect(await followAll(w)).toBe(0);
  });

  it('comes by itself once people may ask again', async () => {
    const { w, id, press, during, causes } = await scene();
    Object.assign(w.policy, { manualRunsPerMinute: 1 });
    during(press);
    await press();
    await w.work();
    expect(await followAll(w)).toBe(0);
    w.clock.advance(minute);
    expect(await followAll(w)).toBe(1);
    expect(await followUp(w, id)).toBeNull();
    expect(await causes()).toEqual(['manual', 'manual', 'enrolled']);
  });
});
