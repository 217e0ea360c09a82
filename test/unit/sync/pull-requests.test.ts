import { HeadwaterError } from '../../../src/domain/errors';
import type { Divergence, OptionsChange } from '../../../src/domain/mirror-options';
import { syncStateOf } from '../../../src/domain/sync-state';
import { enrolMirror } from '../../../src/sync/enrol-mirror';
import { requestSync } from '../../../src/sync/request-sync';
import { scheduleDue } from '../../../src/sync/schedule-due';
import { undoRun } from '../../../src/sync/undo-run';
import { hour, ScriptedWorld } from '../../fakes/scripted-world';

const main = 'refs/heads/main';
const dev = 'refs/heads/dev';
const tag = 'refs/tags/v1';
const head = 'refs/heads/headwater/upstream/main';

/** A mirror that offers pull requests, whose main has a commit in the forge and another one in the upstream. */
async function diverged(divergence: Divergence = 'pull_request', cause: 'manual' | 'plan' = 'manual') {
  const w = new ScriptedWorld();
  const base = w.history.commit('base');
  const local = w.history.commit('local', base);
  const next = w.history.commit('next', base);
  const later = w.history.commit('later', next);
  w.upstreamRefs.set(main, base).set(dev, base).set(tag, base);
  const id = await w.imported({ options: { divergence } });
  w.forgeRefs.set(main, local);
  w.upstreamRefs.set(main, next);
  await requestSync(w, id, cause);
  await w.work();
  const change = (options: OptionsChange) => enrolMirror(w, w.project, { options });
  return { w, id, base, local, next, later, change };
}

const opened = (w: ScriptedWorld) => w.forgeCalls.filter((call) => call.startsWith('openPullRequest'));
const reasonOf = async (w: ScriptedWorld, id: string, ref = main) => {
  const { items } = await w.store.runOutcomes((await w.lastRun(id)).id, { page: 1, limit: 100 });
  return items.find((outcome) => outcome.ref === ref)?.reason;
};

describe('a branch that diverged, with pull requests', () => {
  it('is offered in one pull request from the state of the upstream, and stays as it is', async () => {
    const { w, id, local, next } = await diverged();
    expect(w.forgeRefs.get(main)).toBe(local);
    expect(w.forgeRefs.get(head)).toBe(next);
    expect(w.pulls).toMatchObject([{ head, base: main, state: 'open' }]);
    expect(await w.outcomes(id)).toEqual([[main, 'diverged', 'pull_request_open']]);
    expect((await reasonOf(w, id))?.message).toContain('#1: https://forge.example/pulls/1');
    expect(await w.mirror(id)).toMatchObject({
      pullRequests: [{ branch: main, number: 1, url: 'https://forge.example/pulls/1', state: 'open', oid: next }],
      lastCounts: { diverged: 1, created: 0, unchanged: 2 },
      held: null,
    });
    expect(syncStateOf(await w.mirror(id))).toBe('diverged');
  });

  it('is offered once: later runs move the head, and a run without news does nothing', async () => {
    const { w, id, later } = await diverged();
    await w.updateNow(id);
    expect(w.pushes.at(-1)).toEqual([head]);
    w.upstreamRefs.set(main, later);
    await w.updateNow(id);
    expect(w.forgeRefs.get(head)).toBe(later);
    expect(opened(w)).toHaveLength(1);
    expect(w.pulls).toHaveLength(1);
    expect(await w.mirror(id)).toMatchObject({ pullRequests: [{ number: 1, state: 'open', oid: later }] });
  });

  it('follows an upstream that rewrote its history again', async () => {
    const { w, id, base } = await diverged();
    const again = w.history.commit('again', base);
    w.upstreamRefs.set(main, again);
    await w.updateNow(id);
    expect(w.forgeRefs.get(head)).toBe(again);
    expect(w.pulls).toHaveLength(1);
  });

  it('is followed again once the pull request was merged, and the head goes', async () => {
    const { w, id, local, next, later } = await diverged();
    const merge = w.history.commit('merge', local);
    w.history.join(merge, next);
    w.forgeRefs.set(main, merge);
    (w.pulls[0] as { state: string }).state = 'merged';
    await w.updateNow(id);
    expect(await w.outcomes(id)).toEqual([]);
    expect(syncStateOf(await w.mirror(id))).toBe('in_sync');
    expect(w.forgeRefs.has(head)).toBe(false);
    expect(w.forgeRefs.get(main)).toBe(merge);

    w.upstreamRefs.set(main, w.history.join(later, merge));
    await w.updateNow(id);
    expect(w.forgeRefs.get(main)).toBe(later);
    expect(await w.mirror(id)).toMatchObject({ pullRequests: [] });
  });

  it('counts as equal when the pull request was squashed, until the upstream has something new', async () => {
    const { w, id, local, later } = await diverged();
    w.forgeRefs.set(main, w.history.commit('squashed', local));
    (w.pulls[0] as { state: string }).state = 'merged';
    await w.updateNow(id);
    expect(syncStateOf(await w.mirror(id))).toBe('in_sync');
    w.upstreamRefs.set(main, later);
    await w.updateNow(id);
    expect(w.pulls.map(({ state }) => state)).toEqual(['merged', 'open']);
    expect(await w.mirror(id)).toMatchObject({ pullRequests: [{ number: 2, oid: later }] });
  });

  it('gets none where it only has more than the upstream', async () => {
    const { w, id, base, local } = await diverged('keep');
    w.upstreamRefs.set(main, base);
    await enrolMirror(w, w.project, { options: { divergence: 'pull_request' } });
    await w.work();
    expect([w.pulls, w.forgeRefs.has(head), w.forgeRefs.get(main)]).toEqual([[], false, local]);
    expect(syncStateOf(await w.mirror(id))).toBe('in_sync');
  });

  it('is left in peace when somebody closed it, until the upstream has something new', async () => {
    const { w, id, later } = await diverged();
    (w.pulls[0] as { state: string }).state = 'closed';
    await w.updateNow(id);
    expect(await w.outcomes(id)).toEqual([[main, 'diverged', 'pull_request_closed']]);
    await w.updateNow(id);
    expect(w.pulls).toMatchObject([{ state: 'closed' }]);

    w.upstreamRefs.set(main, later);
    await w.updateNow(id);
    expect(w.pulls).toMatchObject([{ state: 'open' }]);
    expect(w.forgeRefs.get(head)).toBe(later);
    expect(await w.outcomes(id)).toEqual([[main, 'diverged', 'pull_request_open']]);
  });

  it('gets a new one for something new when the closed one has lost its branch', async () => {
    const { w, id, next, later } = await diverged();
    (w.pulls[0] as { state: string }).state = 'closed';
    w.forgeRefs.delete(head);
    await w.updateNow(id);
    expect(w.forgeRefs.has(head)).toBe(false);
    expect(await w.mirror(id)).toMatchObject({ pullRequests: [{ number: 1, state: 'closed', oid: next }] });
    w.upstreamRefs.set(main, later);
    await w.updateNow(id);
    expect(w.pulls.map(({ state }) => state)).toEqual(['closed', 'open']);
  });

  it('DATA-03: does not lose what somebody pushed to the head', async () => {
    const { w, id, next, later } = await diverged();
    const theirs = w.history.commit('theirs', next);
    w.forgeRefs.set(head, theirs);
    w.upstreamRefs.set(main, later);
    await w.updateNow(id);
    expect(w.forgeRefs.get(head)).toBe(theirs);
    expect(await w.outcomes(id)).toEqual([[main, 'diverged', 'pull_request_head_moved']]);
    await enrolMirror(w, w.project, { options: { divergence: 'keep' } });
    await w.work();
    expect(w.forgeRefs.get(head)).toBe(theirs);
  });

  it('loses its pull request and the head when the upstream goes back or the mirror is told otherwise', async () => {
    for (const heal of ['upstream', 'option'] as const) {
      const { w, id, local, change } = await diverged();
      if (heal === 'option') await change({ divergence: 'keep' });
      else {
        w.upstreamRefs.set(main, local);
        await requestSync(w, id, 'manual');
      }
      await w.work();
      expect(w.pulls).toMatchObject([{ state: 'closed' }]);
      expect(w.forgeRefs.has(head)).toBe(false);
      expect(await w.mirror(id)).toMatchObject({ pullRequests: [] });
      expect(await w.outcomes(id)).toEqual(heal === 'option' ? [[main, 'diverged', 'moved_in_forge']] : []);
    }
  });

  it('is looked after by the clock as well, though the upstream has no news', async () => {
    const { w, id, next } = await diverged();
    w.forgeRefs.set(main, w.history.join(w.history.commit('merge', next), next));
    w.clock.advance(7 * hour);
    await scheduleDue(w);
    await w.work();
    expect(w.pulls).toMatchObject([{ state: 'closed' }]);
    expect(await w.mirror(id)).toMatchObject({ pullRequests: [] });
  });

  it('HOST-07: is no tag: a moved tag is only told', async () => {
    const { w, id, next } = await diverged();
    w.upstreamRefs.set(tag, next);
    await w.updateNow(id);
    expect(w.pulls).toHaveLength(1);
    expect(await w.outcomes(id)).toContainEqual([tag, 'diverged', 'tag_moved']);
  });

  it('DATA-01: gets none while the guards hold the upstream', async () => {
    const { w, id, base, later } = await diverged();
    w.forgeRefs.set(main, base);
    const before = w.forgeRefs.get(head);
    const elsewhere = w.history.commit('another repository');
    w.upstreamRefs.set(main, elsewhere).set(dev, elsewhere);
    w.forgeRefs.set(dev, later);
    await w.updateNow(id);
    expect((await w.mirror(id)).held).not.toBeNull();
    expect(w.pulls).toMatchObject([{ base: main, state: 'open' }]);
    expect(w.forgeRefs.get(head)).toBe(before);
    expect(w.forgeRefs.has('refs/heads/headwater/upstream/dev')).toBe(false);
  });

  it('would get one, says a plan, and opens none', async () => {
    const { w, id, later } = await diverged('pull_request', 'plan');
    expect(await w.outcomes(id)).toEqual([[main, 'diverged', 'pull_request_planned']]);
    expect((await reasonOf(w, id))?.message).toContain('would open a pull request');
    expect([w.pulls, w.forgeRefs.has(head)]).toEqual([[], false]);
    await w.updateNow(id);
    w.upstreamRefs.set(main, later);
    await requestSync(w, id, 'plan');
    await w.work();
    expect((await reasonOf(w, id))?.message).toContain('would move pull request #1');
    expect(w.forgeRefs.get(head)).not.toBe(later);
  });

  it('is told why it gets none where they are switched off or refused, and holds up nothing', async () => {
    const { w, id, change, later } = await diverged('keep');
    w.project = { ...w.project, hasPullRequests: false };
    await change({ divergence: 'pull_request' });
    await w.work();
    expect(await w.outcomes(id)).toEqual([[main, 'diverged', 'pull_requests_off']]);
    expect(w.forgeRefs.has(head)).toBe(false);

    w.project = { ...w.project, hasPullRequests: true };
    w.pullFault = new HeadwaterError('pull_request_refused', { doing: 'opening', why: '403' });
    w.upstreamRefs.set(dev, later);
    await w.updateNow(id);
    expect(await w.mirror(id)).toMatchObject({ status: 'finished', pullRequests: [] });
    expect(await w.outcomes(id)).toContainEqual([main, 'diverged', 'pull_request_failed']);
    expect(w.forgeRefs.get(dev)).toBe(later);
    w.pullFault = null;
    await w.updateNow(id);
    expect(w.pulls).toHaveLength(1);
    expect(await w.mirror(id)).toMatchObject({ pullRequests: [{ number: 1 }] });
  });

  it('is told of a rule that refuses the head', async () => {
    const { w, id, change } = await diverged('keep');
    w.protectedRefs.add(head);
    w.branchRules = ['headwater/**'];
    await change({ divergence: 'pull_request' });
    await w.work();
    expect(w.pulls).toEqual([]);
    expect((await reasonOf(w, id))?.message).toContain('"headwater/**"');
  });

  it('HOST-12: gets none whose LFS objects are missing', async () => {
    const { w, id, later } = await diverged();
    w.lfs.needs.set(later, [{ oid: '1'.padStart(64, '0'), size: 1 }]);
    w.lfs.missing.add('1'.padStart(64, '0'));
    w.upstreamRefs.set(main, later);
    await w.updateNow(id);
    expect(w.forgeRefs.get(head)).not.toBe(later);
    expect(await w.outcomes(id)).toEqual([[main, 'diverged', 'lfs_object_missing']]);
    expect((await w.mirror(id)).proof).toMatchObject({ lfs: [main] });
    expect(await w.mirror(id)).toMatchObject({ pullRequests: [{ number: 1, state: 'open' }] });
  });

  it('CRASH-01: gets no second one when a worker died before the first was noted', async () => {
    const { w, id } = await diverged();
    await w.store.transaction(async (tx) => {
      const mirror = await tx.lockMirror(id);
      if (mirror !== null) await tx.saveMirror({ ...mirror, pullRequests: [] });
    });
    await w.updateNow(id);
    expect(w.pulls).toHaveLength(1);
    expect(await w.mirror(id)).toMatchObject({ pullRequests: [{ number: 1 }] });
  });

  it('leaves nothing to undo', async () => {
    const { w, id, later } = await diverged();
    w.upstreamRefs.set(main, later);
    await w.updateNow(id);
    const undo = undoRun(w, await w.lastRun(id), new AbortController().signal);
    await expect(undo).rejects.toMatchObject({ code: 'run_not_undoable' });
  });
});

describe('branches of the namespace of pull requests', () => {
  it("HOST-05: are none of the upstream's, and are neither deleted nor counted as lost", async () => {
    const { w, id, base } = await diverged();
    const foreign = 'refs/heads/headwater/upstream/other';
    w.upstreamRefs.set(foreign, base).set(head, base);
    await enrolMirror(w, w.project, { options: { deletions: 'follow' } });
    await w.work();
    expect(w.forgeRefs.has(foreign)).toBe(false);
    expect(w.forgeRefs.get(head)).not.toBe(base);
    expect(await w.mirror(id)).toMatchObject({ lastCounts: { skipped: 2, deleted: 0 }, held: null });
  });

  it('are left alone in the project when Headwater did not make them', async () => {
    const { w, id, base } = await diverged();
    const theirs = 'refs/heads/headwater/upstream/theirs';
    w.forgeRefs.set(theirs, base);
    await w.updateNow(id);
    expect(w.forgeRefs.get(theirs)).toBe(base);
  });
});
