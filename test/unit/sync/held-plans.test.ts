import { acceptPlan } from '../../../src/sync/accept-plan';
import { enrolMirror } from '../../../src/sync/enrol-mirror';
import { planNext } from '../../../src/sync/plan-next';
import { requestSync } from '../../../src/sync/request-sync';
import type { OptionsChange } from '../../../src/domain/mirror-options';
import { syncStateOf } from '../../../src/domain/sync-state';
import { ScriptedWorld } from '../../fakes/scripted-world';

const main = 'refs/heads/main';
const dev = 'refs/heads/dev';
const tag = 'refs/tags/v1';

function world() {
  const w = new ScriptedWorld();
  const c1 = w.history.commit('c1');
  const c2 = w.history.commit('c2', c1);
  const other = w.history.commit('other');
  const rewritten = w.history.commit('rewritten', c1);
  w.upstreamRefs.set(main, c2).set(dev, c1).set(tag, c1);
  return { w, c1, c2, other, rewritten };
}

const change = (w: ScriptedWorld, options: OptionsChange) => enrolMirror(w, w.project, { options });
const many = (count: number) => Array.from({ length: count }, (_, at) => `refs/heads/b${at}`);

describe('the guards', () => {
  async function filled(options: OptionsChange = {}) {
    const { w, c1, c2, other } = world();
    for (const ref of many(50)) w.upstreamRefs.set(ref, c1);
    const id = await w.imported({ options: { deletions: 'follow', divergence: 'overwrite', ...options } });
    return { w, id, c1, c2, other };
  }

  it('DATA-01: hold an upstream that lost most of its refs, and one call accepts exactly that', async () => {
    const { w, id, c1, c2 } = await filled();
    for (const ref of many(50).slice(2)) w.upstreamRefs.delete(ref);
    w.upstreamRefs.set('refs/heads/new', c2).set(dev, c2);
    await w.updateNow(id);
    const { held } = await w.mirror(id);
    expect(held).toMatchObject({ total: 48, lostTotal: 48, reasons: [{ code: 'held_refs_lost' }], accepted: false });
    expect(held?.reasons[0]?.message).toBe('The upstream has lost 48 of 53 refs.');
    expect(syncStateOf(await w.mirror(id))).toBe('held');
    // What is new comes in, and nothing is lost.
    expect(w.forgeRefs.get('refs/heads/new')).toBe(c2);
    expect(w.forgeRefs.get(dev)).toBe(c2);
    expect(w.forgeRefs.get('refs/heads/b40')).toBe(c1);

    await acceptPlan(w, id, held?.id ?? '');
    await w.work();
    expect(w.forgeRefs.has('refs/heads/b40')).toBe(false);
    expect(await w.mirror(id)).toMatchObject({ held: null, lastCounts: { deleted: 48 } });
    expect(syncStateOf(await w.mirror(id))).toBe('in_sync');
  });

  it('DATA-01: hold an upstream that is empty all of a sudden, and go on when it is back', async () => {
    const { w, id, c1 } = await filled();
    const before = new Map(w.upstreamRefs);
    w.upstreamRefs.clear();
    await w.updateNow(id);
    expect(await w.mirror(id)).toMatchObject({
      status: 'finished',
      held: { reasons: [{ code: 'held_upstream_emptied' }] },
    });
    expect(w.forgeRefs.size).toBe(53);
    for (const [ref, oid] of before) w.upstreamRefs.set(ref, oid);
    await w.updateNow(id);
    expect(await w.mirror(id)).toMatchObject({ held: null, lastCounts: { unchanged: 53 } });
    expect(w.forgeRefs.get(dev)).toBe(c1);
  });

  it('DATA-01: are an alarm also for a mirror that deletes nothing, until it is accepted', async () => {
    const { w, id } = await filled({ deletions: 'ignore', divergence: 'keep' });
    for (const ref of many(50)) w.upstreamRefs.delete(ref);
    await w.updateNow(id);
    await w.updateNow(id);
    const { held } = await w.mirror(id);
    expect(held).toMatchObject({ total: 0, lostTotal: 50 });
    await acceptPlan(w, id, held?.id ?? '');
    await w.work();
    await w.updateNow(id);
    expect(await w.mirror(id)).toMatchObject({ held: null });
    expect(w.forgeRefs.size).toBe(53);
  });

  it('DATA-01: hold another repository behind the same address', async () => {
    const { w, id, c2, other } = await filled();
    w.upstreamRefs.set(main, other);
    await w.updateNow(id);
    expect(w.forgeRefs.get(main)).toBe(c2);
    expect(await w.mirror(id)).toMatchObject({ held: { reasons: [{ code: 'held_unrelated_history' }], total: 1 } });
    expect(await w.outcomes(id)).toEqual([[main, 'diverged', 'held_back']]);
  });

  it('DATA-06: hold an upstream whose default branch is gone, and remember that until it is accepted', async () => {
    const { w, id, c2 } = await filled();
    w.upstreamRefs.delete(main);
    w.upstreamHead = dev;
    await w.updateNow(id);
    await w.updateNow(id);
    const { held } = await w.mirror(id);
    expect(held?.reasons).toMatchObject([{ code: 'held_default_branch_lost' }]);
    expect(w.project.defaultBranch).toBe('main');
    await acceptPlan(w, id, held?.id ?? '');
    await w.work();
    // First the default branch moves on; the old one goes with the next run.
    expect(w.project.defaultBranch).toBe('dev');
    expect(w.forgeRefs.get(main)).toBe(c2);
    await w.updateNow(id);
    expect(w.forgeRefs.has(main)).toBe(false);
  });

  it('DATA-05: overwrite nothing that a project had before the mirror, until it is accepted', async () => {
    const { w, c2, other } = world();
    w.forgeRefs.set(main, other);
    const id = await w.imported({ options: { divergence: 'overwrite' } });
    expect(w.forgeRefs.get(main)).toBe(other);
    const { held } = await w.mirror(id);
    expect(held).toMatchObject({ reasons: [{ code: 'held_first_overwrite' }], refs: [{ ref: main, oldOid: other }] });
    await acceptPlan(w, id, held?.id ?? '');
    await w.work();
    expect(w.forgeRefs.get(main)).toBe(c2);
  });

  it('DATA-05: hold that in every further run as well, also after a change of the settings', async () => {
    const { w, c2, other } = world();
    w.forgeRefs.set(main, other);
    const id = await w.imported({ options: { divergence: 'overwrite' } });
    const first = (await w.mirror(id)).held?.id ?? '';
    await w.updateNow(id);
    expect((await w.mirror(id)).held?.id).toBe(first);
    await acceptPlan(w, id, first);
    await change(w, { tags: 'none' });
    await w.work();
    await w.work();
    expect(w.forgeRefs.get(main)).toBe(other);
    const { held } = await w.mirror(id);
    expect(held).toMatchObject({ reasons: [{ code: 'held_first_overwrite' }], accepted: false });
    expect(held?.id).not.toBe(first);
    await acceptPlan(w, id, held?.id ?? '');
    await w.work();
    expect(w.forgeRefs.get(main)).toBe(c2);
    expect((await w.mirror(id)).held).toBeNull();
  });

  it('DATA-04: refuse a plan that is not the one held, and plan anew when the upstream went on', async () => {
    const { w, id, c1 } = await filled();
    for (const ref of many(50).slice(2)) w.upstreamRefs.delete(ref);
    await w.updateNow(id);
    const first = (await w.mirror(id)).held?.id ?? '';
    await expect(acceptPlan(w, id, 'another')).rejects.toMatchObject({ code: 'plan_stale' });
    await acceptPlan(w, id, first);
    w.upstreamRefs.delete('refs/heads/b1');
    await w.work();
    expect(w.forgeRefs.get('refs/heads/b40')).toBe(c1);
    const { held } = await w.mirror(id);
    expect(held).toMatchObject({ accepted: false, total: 49 });
    expect(held?.id).not.toBe(first);
  });

  it('DATA-04: forget an acceptance when the settings change', async () => {
    const { w, id } = await filled();
    for (const ref of many(50).slice(2)) w.upstreamRefs.delete(ref);
    await w.updateNow(id);
    const first = (await w.mirror(id)).held?.id ?? '';
    await acceptPlan(w, id, first);
    await change(w, { tags: 'none' });
    await w.work();
    await w.work();
    expect(w.forgeRefs.has('refs/heads/b40')).toBe(true);
    expect((await w.mirror(id)).held).toMatchObject({ accepted: false, total: 48 });
  });
});

describe('a dry run', () => {
  it('tells what the next run would do, with reasons, and changes nothing', async () => {
    const { w, c2, rewritten } = world();
    const id = await w.imported({ options: { divergence: 'overwrite', deletions: 'follow' } });
    w.upstreamRefs.set(main, rewritten).set('refs/heads/new', c2);
    w.upstreamRefs.delete(dev);
    const before = await w.mirror(id);
    const refs = new Map(w.forgeRefs);
    const asked = planNext(w, id, { waitMs: 5000, pollMs: 1 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await w.work();
    expect(await asked).toMatchObject({
      cause: 'plan',
      status: 'finished',
      counts: { created: 1, forced: 1, deleted: 1 },
    });
    expect(new Map((await w.outcomes(id)).map(([ref, action, code]) => [ref, [action, code]]))).toEqual(
      new Map([
        [dev, ['deleted', 'deleted_upstream']],
        [main, ['forced', 'history_replaced']],
        ['refs/heads/new', ['created', undefined]],
      ]),
    );
    expect(w.forgeRefs).toEqual(refs);
    expect(await w.mirror(id)).toEqual({ ...before, fence: before.fence + 1 });
    expect(w.pushes).toHaveLength(2);
  });

  it('DATA-05: is possible before the first run, while the mirror is still switched off', async () => {
    const { w, other } = world();
    w.forgeRefs.set(main, other);
    const { mirror } = await enrolMirror(w, w.project, { url: 'https://upstream.example/p.git', enabled: false });
    await requestSync(w, mirror.id, 'plan');
    await w.work();
    expect(await w.outcomes(mirror.id)).toContainEqual([main, 'diverged', 'moved_in_forge']);
    expect(await w.mirror(mirror.id)).toMatchObject({ status: 'none', lastSuccessAt: null, nextUpdateAt: null });
    expect(w.forgeRefs.size).toBe(1);
  });

  it('makes way for an update that somebody asks for', async () => {
    const { w, c2 } = world();
    const id = await w.imported();
    w.upstreamRefs.set('refs/heads/new', c2);
    const plan = await requestSync(w, id, 'plan');
    const update = await requestSync(w, id, 'manual');
    expect(update.run.id).not.toBe(plan.run.id);
    await w.work();
    await w.work();
    expect(w.forgeRefs.get('refs/heads/new')).toBe(c2);
  });

  it('waits for no run that is under way', async () => {
    const { w } = world();
    const id = await w.enrol();
    await expect(planNext(w, id, { waitMs: 10, pollMs: 1 })).rejects.toMatchObject({ code: 'run_under_way' });
  });

  it('counts for nothing when it fails', async () => {
    const { w } = world();
    const id = await w.imported();
    w.upstreamRefs.clear();
    await requestSync(w, id, 'plan');
    w.forge.listRefs = async () => {
      throw new Error('away');
    };
    await w.work();
    expect(await w.lastRun(id)).toMatchObject({ cause: 'plan', status: 'failed' });
    expect(await w.mirror(id)).toMatchObject({ status: 'finished', failures: 0, lastError: null });
  });
});
