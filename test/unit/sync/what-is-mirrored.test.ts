import { enrolMirror } from '../../../src/sync/enrol-mirror';
import { requestSync } from '../../../src/sync/request-sync';
import { scheduleDue } from '../../../src/sync/schedule-due';
import { undoRun } from '../../../src/sync/undo-run';
import type { OptionsChange } from '../../../src/domain/mirror-options';
import { fault } from '../../../src/domain/errors';
import { syncStateOf } from '../../../src/domain/sync-state';
import { hour, ScriptedWorld } from '../../fakes/scripted-world';

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

describe('what is mirrored', () => {
  it('is all branches and tags by default', async () => {
    const { w } = world();
    await w.imported();
    expect([...w.forgeRefs.keys()].sort()).toEqual([dev, main, tag]);
  });

  it('is only branches of a pattern, and all else is neither pushed nor reported', async () => {
    const { w } = world();
    const id = await w.imported({ options: { branchPattern: 'ma.n', tags: 'none' } });
    expect([...w.forgeRefs.keys()]).toEqual([main]);
    expect(await w.outcomes(id)).toEqual([[main, 'created', undefined]]);
    expect(await w.mirror(id)).toMatchObject({ lastCounts: { created: 1, skipped: 2, diverged: 0, rejected: 0 } });
    w.clock.advance(7 * hour);
    await scheduleDue(w);
    await w.work();
    expect(await w.mirror(id)).toMatchObject({ lastCounts: { unchanged: 1, skipped: 2 } });
  });

  it('is only branches that the forge protects, by its rules of the moment', async () => {
    const { w, c1 } = world();
    w.upstreamRefs.set('refs/heads/release/1', c1);
    w.branchRules = ['release/*'];
    await w.imported({ options: { onlyProtectedBranches: true, tags: 'none' } });
    expect([...w.forgeRefs.keys()]).toEqual(['refs/heads/release/1']);
    w.branchRules = ['release/*', 'dev'];
    w.clock.advance(7 * hour);
    await scheduleDue(w);
    await w.work();
    expect([...w.forgeRefs.keys()].sort()).toEqual([dev, 'refs/heads/release/1']);
  });

  it('is only tags on mirrored branches', async () => {
    const { w, c2, other } = world();
    w.upstreamRefs.set('refs/tags/on', c2).set('refs/tags/off', other);
    await w.imported({ options: { branchPattern: 'dev', tags: 'on_branches' } });
    expect([...w.forgeRefs.keys()].sort()).toEqual([dev, tag]);
  });

  it('starts a run as soon as it is changed', async () => {
    const { w } = world();
    const id = await w.imported({ options: { tags: 'none' } });
    const before = (await w.mirror(id)).revision;
    const { requested } = await change(w, { tags: 'all' });
    expect(requested).toMatchObject({ fresh: true });
    await w.work();
    expect(w.forgeRefs.has(tag)).toBe(true);
    expect((await w.mirror(id)).revision).toBe(before + 1);
    expect((await change(w, { tags: 'all' })).requested).toBeNull();
  });

  it('refuses a pattern that is none', async () => {
    const { w } = world();
    await w.imported();
    await expect(change(w, { branchPattern: '(' })).rejects.toMatchObject({
      code: 'input_invalid',
      fieldFaults: [{ field: 'mirror_branch_regex' }],
    });
  });
});

describe('divergence', () => {
  it('DATA-02: overwrites what the upstream rewrote, and tells why', async () => {
    const { w, rewritten } = world();
    const id = await w.imported({ options: { divergence: 'overwrite' } });
    w.upstreamRefs.set(main, rewritten);
    await w.updateNow(id);
    expect(w.forgeRefs.get(main)).toBe(rewritten);
    expect(await w.outcomes(id)).toEqual([[main, 'forced', 'history_replaced']]);
  });

  it('HOST-07: moves a tag only when told to overwrite', async () => {
    const { w, c1, c2 } = world();
    const id = await w.imported();
    w.upstreamRefs.set(tag, c2);
    await w.updateNow(id);
    expect(w.forgeRefs.get(tag)).toBe(c1);
    await change(w, { divergence: 'overwrite' });
    await w.work();
    expect(w.forgeRefs.get(tag)).toBe(c2);
    expect(await w.outcomes(id)).toEqual([[tag, 'forced', 'tag_replaced']]);
  });

  it('DATA-02: keeps the old value in the forge first when told to, and one call puts it back', async () => {
    const { w, c2, rewritten } = world();
    const id = await w.imported({ options: { divergence: 'overwrite_with_backup' } });
    w.upstreamRefs.set(main, rewritten);
    await w.updateNow(id);
    const run = await w.lastRun(id);
    expect(w.forgeRefs.get(`refs/headwater/backup/${run.id}/heads/main`)).toBe(c2);

    const undone = await undoRun(w, run, new AbortController().signal);
    expect(undone).toMatchObject({ cause: 'undo', status: 'finished', counts: { forced: 1 } });
    expect(w.forgeRefs.get(main)).toBe(c2);
  });

  it('overwrites nothing whose old value could not be kept', async () => {
    const { w, c2, rewritten } = world();
    const id = await w.imported({ options: { divergence: 'overwrite_with_backup' } });
    w.upstreamRefs.set(main, rewritten);
    await requestSync(w, id, 'manual');
    const runId = (await w.mirror(id)).activeRunId ?? '';
    w.refusedRefs.add(`refs/headwater/backup/${runId}/heads/main`);
    await w.work();
    expect(w.forgeRefs.get(main)).toBe(c2);
    expect(await w.outcomes(id)).toEqual([[main, 'rejected', 'backup_failed']]);
  });

  it('undoes only what is still where the run left it', async () => {
    const { w, rewritten, other } = world();
    const id = await w.imported({ options: { divergence: 'overwrite' } });
    w.upstreamRefs.set(main, rewritten);
    await w.updateNow(id);
    const run = await w.lastRun(id);
    w.forgeRefs.set(main, other);
    await undoRun(w, run, new AbortController().signal);
    expect(w.forgeRefs.get(main)).toBe(other);
    expect(await w.outcomes(id)).toEqual([[main, 'diverged', 'moved_after_run']]);
  });

  it('has nothing to undo after a run that only created', async () => {
    const { w } = world();
    const id = await w.imported();
    await expect(undoRun(w, await w.lastRun(id), new AbortController().signal)).rejects.toMatchObject({
      code: 'run_not_undoable',
    });
  });

  it('DATA-04: a run that was to overwrite stops when it is told to keep', async () => {
    const { w, c2, rewritten } = world();
    const id = await w.imported({ options: { divergence: 'overwrite' } });
    w.upstreamRefs.set(main, rewritten);
    w.beforePush = async () => {
      w.beforePush = () => undefined;
      await change(w, { divergence: 'keep' });
      throw new Error('the connection is cut');
    };
    await w.updateNow(id);
    await w.work();
    expect(w.forgeRefs.get(main)).toBe(c2);
    expect(await w.outcomes(id)).toEqual([[main, 'diverged', 'rewritten_upstream']]);
  });

  it('DATA-07: takes a value that it knows nothing of for local work, also after an old backup was restored', async () => {
    const { w, c2, other } = world();
    const id = await w.imported();
    await w.store.transaction((tx) =>
      tx.putDeliveredRefs(id, new Map([[dev, { oid: 'e'.repeat(40), intended: null, created: true }]])),
    );
    w.forgeRefs.set(dev, other);
    w.upstreamRefs.set(dev, c2);
    await w.updateNow(id);
    expect(w.forgeRefs.get(dev)).toBe(other);
    expect(await w.outcomes(id)).toEqual([[dev, 'diverged', 'moved_in_forge']]);
  });
});

describe('deletions', () => {
  it('are followed for refs that Headwater created and nobody touched since', async () => {
    const { w, c2 } = world();
    w.forgeRefs.set('refs/heads/local', c2);
    const id = await w.imported({ options: { deletions: 'follow' } });
    w.upstreamRefs.delete(dev);
    await w.updateNow(id);
    expect([...w.forgeRefs.keys()].sort()).toEqual(['refs/heads/local', main, tag]);
    expect(await w.outcomes(id)).toEqual([[dev, 'deleted', 'deleted_upstream']]);
    await w.updateNow(id);
    expect(await w.outcomes(id)).toEqual([]);
  });

  it('bring back what the upstream has again, as ours', async () => {
    const { w, c1 } = world();
    const id = await w.imported({ options: { deletions: 'follow' } });
    w.upstreamRefs.delete(dev);
    await w.updateNow(id);
    w.upstreamRefs.set(dev, c1);
    await w.updateNow(id);
    expect(w.forgeRefs.get(dev)).toBe(c1);
    w.upstreamRefs.delete(dev);
    await w.updateNow(id);
    expect(w.forgeRefs.has(dev)).toBe(false);
  });

  it('can be undone', async () => {
    const { w, c1 } = world();
    const id = await w.imported({ options: { deletions: 'follow' } });
    w.upstreamRefs.delete(dev);
    await w.updateNow(id);
    await undoRun(w, await w.lastRun(id), new AbortController().signal);
    expect(w.forgeRefs.get(dev)).toBe(c1);
    await w.updateNow(id);
    expect(w.forgeRefs.get(dev)).toBe(c1);
  });
});

describe('the default branch', () => {
  it("HOST-06: follows the upstream's while it is still the one we set", async () => {
    const { w } = world();
    const id = await w.imported();
    w.upstreamHead = dev;
    await w.updateNow(id);
    expect(w.project.defaultBranch).toBe('dev');
    expect(await w.mirror(id)).toMatchObject({ defaultBranchSet: dev });
  });

  it('HOST-06: is left alone when somebody chose another one, or when it is not to be followed', async () => {
    const { w } = world();
    const id = await w.imported();
    w.project = { ...w.project, defaultBranch: 'local' };
    w.upstreamHead = dev;
    await w.updateNow(id);
    expect(w.project.defaultBranch).toBe('local');
    w.project = { ...w.project, defaultBranch: 'main' };
    await change(w, { followDefaultBranch: false });
    await w.work();
    expect(w.project.defaultBranch).toBe('main');
  });

  it('HOST-06: stays when the upstream points to a branch that it does not have', async () => {
    const { w } = world();
    const id = await w.imported();
    w.upstreamHead = 'refs/heads/missing';
    await w.updateNow(id);
    expect(w.project.defaultBranch).toBe('main');
    expect(await w.mirror(id)).toMatchObject({ status: 'finished', held: null });
  });
});

describe('a default branch that the account may not set', () => {
  it('HOST-06: fails no first run, is told, and is set as soon as the account may', async () => {
    const { w } = world();
    w.deniesDefaultBranch = true;
    const id = await w.imported();
    expect([...w.forgeRefs.keys()].sort()).toEqual([dev, main, tag]);
    expect(await w.mirror(id)).toMatchObject({ status: 'finished', lastError: null });
    expect(await w.outcomes(id)).toContainEqual(['HEAD', 'rejected', 'forge_default_branch_denied']);
    expect(syncStateOf(await w.mirror(id))).toBe('behind');
    await w.updateNow(id);
    expect(await w.outcomes(id)).toEqual([['HEAD', 'rejected', 'forge_default_branch_denied']]);
    w.deniesDefaultBranch = false;
    await w.updateNow(id);
    expect(w.project.defaultBranch).toBe('main');
    expect(syncStateOf(await w.mirror(id))).toBe('in_sync');
  });

  it('HOST-06: is left alone once somebody chose another one', async () => {
    const { w } = world();
    w.deniesDefaultBranch = true;
    const id = await w.imported();
    w.project = { ...w.project, defaultBranch: 'dev' };
    w.deniesDefaultBranch = false;
    await w.updateNow(id);
    expect(w.project.defaultBranch).toBe('dev');
    expect(await w.outcomes(id)).toEqual([]);
  });
});

describe('the proof', () => {
  it('compares the forge with what was pushed, and believes the forge', async () => {
    const { w, c1 } = world();
    w.afterPush = () => void w.forgeRefs.delete(tag);
    const id = await w.imported();
    expect(await w.outcomes(id)).toContainEqual([tag, 'diverged', 'moved_meanwhile']);
    expect(syncStateOf(await w.mirror(id))).toBe('diverged');
    expect((await w.mirror(id)).proof).toMatchObject({ diverged: [tag], inSyncAt: null });
    w.afterPush = () => undefined;
    await w.updateNow(id);
    expect(w.forgeRefs.get(tag)).toBe(c1);
    expect(syncStateOf(await w.mirror(id))).toBe('in_sync');
  });

  it('tells what is behind, and since when', async () => {
    const { w, c2 } = world();
    const id = await w.imported();
    const inSyncAt = w.clock.now();
    w.refusedRefs.add(dev);
    w.upstreamRefs.set(dev, c2);
    w.clock.advance(hour);
    await w.updateNow(id);
    const mirror = await w.mirror(id);
    expect(syncStateOf(mirror)).toBe('behind');
    expect(mirror.proof).toMatchObject({ behind: 1, inSyncAt });
  });

  it('names the rule that refuses a branch to be overwritten, and what to change', async () => {
    const { w, rewritten } = world();
    const id = await w.imported({ options: { divergence: 'overwrite' } });
    w.upstreamRefs.set(main, rewritten);
    w.branchRules = ['rel*', 'm*'];
    w.protectedRefs.add(main);
    await w.updateNow(id);
    const { items } = await w.store.runOutcomes((await w.lastRun(id)).id, { page: 1, limit: 10 });
    expect(items[0]?.reason).toMatchObject({
      code: 'branch_rule_refuses_force',
      message: 'The branch protection rule "m*" of the project does not let refs/heads/main be overwritten or deleted.',
    });
  });

  it.each([
    ['branch_unsigned', main, 'branch_rule_unsigned'],
    ['branch_file_protected', main, 'branch_rule_protects_file'],
    ['tag_protected', tag, 'tag_rule_refuses'],
  ] as const)('names the rule behind %s', async (code, ref, told) => {
    const { w } = world();
    w.branchRules = ['rel*', 'm*'];
    w.tagRules = ['w*', '/^v[0-9]/'];
    w.refusals.set(ref, fault(code, { ref, file: 'package.lock', account: 'headwater' }));
    const id = await w.imported();
    const { items } = await w.store.runOutcomes((await w.lastRun(id)).id, { page: 1, limit: 10 });
    const outcome = items.find((one) => one.ref === ref);
    expect(outcome).toMatchObject({ action: 'rejected', reason: { code: told } });
    expect(outcome?.reason?.message).toContain(code === 'tag_protected' ? '"/^v[0-9]/"' : '"m*"');
    if (code === 'branch_file_protected') expect(outcome?.reason?.message).toContain('package.lock');
  });
});
