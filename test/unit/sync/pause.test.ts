import type { PauseReason } from '../../../src/domain/pause';
import { acceptPlan } from '../../../src/sync/accept-plan';
import { enrolMirror } from '../../../src/sync/enrol-mirror';
import { pauseMirror, resumeMirror, stopRun } from '../../../src/sync/pause-mirror';
import { planNext } from '../../../src/sync/plan-next';
import { recoverRuns } from '../../../src/sync/recover-runs';
import { requestSync } from '../../../src/sync/request-sync';
import { scheduleDue } from '../../../src/sync/schedule-due';
import { hour, minute, ScriptedWorld } from '../../fakes/scripted-world';

const main = 'refs/heads/main';

async function imported(): Promise<{ w: ScriptedWorld; id: string }> {
  const w = new ScriptedWorld();
  w.upstreamRefs.set(main, w.history.commit('c1'));
  return { w, id: await w.imported() };
}

describe('a mirror that a person paused', () => {
  it('is left alone by the clock, and says who did it and when', async () => {
    const { w, id } = await imported();
    const mirror = await pauseMirror(w, id, 'person', 'ann');
    expect(mirror).toMatchObject({ pause: { reason: 'person', by: 'ann', at: w.clock.now() }, nextUpdateAt: null });
    w.clock.advance(30 * hour);
    expect(await scheduleDue(w)).toBe(0);
  });

  it('refuses "Update now" and says how to go on', async () => {
    const { w, id } = await imported();
    await pauseMirror(w, id, 'person', 'ann');
    await expect(requestSync(w, id, 'manual')).rejects.toMatchObject({
      code: 'mirror_paused',
      message: 'The mirror is paused (ann did it).',
    });
  });

  it('takes new settings, and uses them once it is resumed', async () => {
    const { w, id } = await imported();
    await pauseMirror(w, id, 'person', 'ann');
    const { requested } = await enrolMirror(w, w.project, { options: { tags: 'none' } });
    expect(requested).toBeNull();
    w.upstreamRefs.set('refs/tags/v1', w.history.commit('c1')).set('refs/heads/dev', w.history.commit('c1'));
    await resumeMirror(w, id);
    await w.work();
    expect([...w.forgeRefs.keys()].sort()).toEqual(['refs/heads/dev', main]);
    expect(await w.mirror(id)).toMatchObject({ pause: null, failures: 0, status: 'finished' });
  });

  it('can still be looked at: a plan changes nothing', async () => {
    const { w, id } = await imported();
    await pauseMirror(w, id, 'person', null);
    const run = await planNext(w, id, { waitMs: 0, pollMs: 1 });
    expect(run.cause).toBe('plan');
    await w.work();
    expect(await w.mirror(id)).toMatchObject({ pause: { reason: 'person' }, activeRunId: null });
  });

  it('carries out no plan that is accepted meanwhile', async () => {
    const { w, id } = await imported();
    w.upstreamRefs.clear();
    await w.updateNow(id);
    await pauseMirror(w, id, 'person', 'ann');
    const held = (await w.mirror(id)).held;
    await expect(acceptPlan(w, id, held?.id ?? '')).rejects.toMatchObject({ code: 'mirror_paused' });
    expect((await w.mirror(id)).held).toMatchObject({ accepted: false });
  });

  it('stays paused by that person, whatever else would pause it', async () => {
    const { w, id } = await imported();
    await pauseMirror(w, id, 'person', 'ann');
    expect(await pauseMirror(w, id, 'archived', null)).toMatchObject({ pause: { reason: 'person', by: 'ann' } });
  });
});

describe('a pause', () => {
  it('SCHED-08: ends the run under way before anything more is pushed', async () => {
    const w = new ScriptedWorld();
    const c1 = w.history.commit('c1');
    for (const name of ['main', 'one', 'two', 'three']) w.upstreamRefs.set(`refs/heads/${name}`, c1);
    const id = await w.enrol();
    w.beforePush = async () => {
      w.beforePush = () => undefined;
      await pauseMirror(w, id, 'person', 'ann');
    };
    await w.work();
    // The portion that was on its way is the last one.
    expect(w.pushes).toHaveLength(1);
    expect(await w.lastRun(id)).toMatchObject({
      status: 'failed',
      error: { code: 'run_stopped', message: 'The run was stopped by ann.' },
    });
    expect(await w.mirror(id)).toMatchObject({ pause: { reason: 'person' }, failures: 0, activeRunId: null });
    w.clock.advance(hour);
    await recoverRuns(w);
    expect(w.queue.waiting).toEqual([]);
  });

  it.each<[PauseReason, string | null]>([
    ['failures', null],
    ['host_key', null],
    ['archived', null],
    ['person', 'mirror_paused'],
    ['owner_changed', 'mirror_awaits_owner'],
  ])('for %s meets "Update now" with: %s', async (reason, code) => {
    const { w, id } = await imported();
    await pauseMirror(w, id, reason, null);
    const asked = await requestSync(w, id, 'manual').catch((thrown: unknown) => thrown);
    if (code !== null) expect(asked).toMatchObject({ code });
    else {
      await w.work();
      expect(await w.mirror(id)).toMatchObject({ pause: null, status: 'finished' });
    }
  });

  it('that comes between the look at what is due and its turn holds', async () => {
    const { w, id } = await imported();
    await pauseMirror(w, id, 'failures', null);
    await expect(requestSync(w, id, 'clock')).rejects.toMatchObject({ code: 'mirror_paused' });
  });

  it('is ended once: to resume what is not paused does nothing', async () => {
    const { w, id } = await imported();
    const before = await w.mirror(id);
    expect(await resumeMirror(w, id)).toEqual({ mirror: before, requested: null });
  });

  it('of a mirror that is switched off ends without a run', async () => {
    const { w, id } = await imported();
    await pauseMirror(w, id, 'person', 'ann');
    await enrolMirror(w, w.project, { enabled: false });
    expect(await resumeMirror(w, id)).toMatchObject({ mirror: { pause: null, enabled: false }, requested: null });
  });
});

describe('stopping', () => {
  it('ends the run under way and changes neither schedule, failures nor settings', async () => {
    const { w, id } = await imported();
    w.clock.advance(minute);
    await requestSync(w, id, 'manual');
    const before = await w.mirror(id);
    const after = await stopRun(w, id, 'ann');
    expect(after).toEqual({ ...before, status: 'finished', activeRunId: null, fence: before.fence + 1 });
    expect(await w.lastRun(id)).toMatchObject({ status: 'failed', error: { code: 'run_stopped' } });
    const stopped = { type: 'run.failed', runId: before.activeRunId };
    expect(w.notices.published.at(-1)).toMatchObject({ mirrorId: id, notice: stopped });
  });

  it('does nothing where nothing runs', async () => {
    const { w, id } = await imported();
    const before = await w.mirror(id);
    expect(await stopRun(w, id, 'ann')).toEqual(before);
  });
});
