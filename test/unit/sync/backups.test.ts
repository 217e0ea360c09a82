import { placeOf } from '../../../src/domain/backup';
import { requestSync } from '../../../src/sync/request-sync';
import { findBackup, restoreBackup } from '../../../src/sync/restore-backup';
import { scheduleDue } from '../../../src/sync/schedule-due';
import { hour, ScriptedWorld } from '../../fakes/scripted-world';

const main = 'refs/heads/main';
const signal = new AbortController().signal;

/** A mirror that keeps what it overwrites, with a way to have the upstream rewrite its main. */
async function overwriting() {
  const w = new ScriptedWorld();
  const base = w.history.commit('base');
  w.upstreamRefs.set(main, w.history.commit('main-0', base));
  const id = await w.imported({ options: { divergence: 'overwrite_with_backup' } });
  let count = 0;
  const rewrite = async (): Promise<string> => {
    count += 1;
    const before = w.forgeRefs.get(main) ?? '';
    w.upstreamRefs.set(main, w.history.commit(`main-${count}`, base));
    w.clock.advance(hour);
    await w.updateNow(id);
    return before;
  };
  const backups = async () => (await w.store.backups(id, { page: 1, limit: 100 })).items;
  const places = () => [...w.forgeRefs.keys()].filter((ref) => ref.startsWith('refs/headwater/')).sort();
  return { w, id, base, rewrite, backups, places };
}

describe('backups of what was overwritten', () => {
  it('are listed, newest first, and kept where the list says', async () => {
    const { w, rewrite, backups } = await overwriting();
    const values = [await rewrite(), await rewrite()];
    const list = await backups();
    expect(list.map(({ ref, oid }) => [ref, oid])).toEqual(values.reverse().map((oid) => [main, oid]));
    for (const backup of list) expect(w.forgeRefs.get(placeOf(backup))).toBe(backup.oid);
  });

  it('are put back by one call, wherever the branch is by then, and stay', async () => {
    const { w, id, rewrite, backups } = await overwriting();
    const [oldest] = [await rewrite(), await rewrite(), await rewrite()];
    const backup = (await backups()).at(-1);
    if (backup === undefined) throw new Error('no backup');
    const run = await restoreBackup(w, await findBackup(w.store, id, backup.id), signal);
    expect(run).toMatchObject({ cause: 'undo', status: 'finished', counts: { forced: 1 } });
    expect(w.forgeRefs.get(main)).toBe(oldest);
    expect(await backups()).toHaveLength(3);
    expect((await restoreBackup(w, backup, signal)).counts).toMatchObject({ unchanged: 1, forced: 0 });
    w.forgeRefs.delete(main);
    expect((await restoreBackup(w, backup, signal)).counts).toMatchObject({ created: 1 });
    // What a person put back is theirs.
    expect((await w.store.deliveredRefs(id)).get(main)).toMatchObject({ oid: null, created: false });
  });

  it('are not put back under a run, and those of another mirror are not found', async () => {
    const { w, id, rewrite, backups } = await overwriting();
    await rewrite();
    const [backup] = await backups();
    await expect(findBackup(w.store, 'another', backup?.id)).rejects.toMatchObject({ code: 'backup_not_found' });
    await expect(findBackup(w.store, id, '../x')).rejects.toMatchObject({ code: 'backup_not_found' });
    await requestSync(w, id, 'manual');
    if (backup !== undefined)
      await expect(restoreBackup(w, backup, signal)).rejects.toMatchObject({ code: 'run_under_way' });
  });

  it('go when they are too many, in the forge and in the list', async () => {
    const { w, rewrite, backups, places } = await overwriting();
    w.backupRule = { perRef: 2, ageMs: 1000 * hour };
    for (let count = 0; count < 4; count += 1) await rewrite();
    const list = await backups();
    expect(list).toHaveLength(2);
    expect(places()).toEqual(list.map(placeOf).sort());
  });

  it('go when they are too old, by the clock alone, but never the newest one', async () => {
    const { w, rewrite, backups, places } = await overwriting();
    await rewrite();
    const newest = await rewrite();
    w.clock.advance(100 * 24 * hour);
    await scheduleDue(w);
    await w.work();
    expect((await backups()).map(({ oid }) => oid)).toEqual([newest]);
    expect(places()).toHaveLength(1);
  });

  it('that cannot be deleted fail no run and are tried again; those that somebody deleted are forgotten', async () => {
    const { w, id, rewrite, backups } = await overwriting();
    for (let count = 0; count < 3; count += 1) await rewrite();
    w.backupRule = { perRef: 1, ageMs: 1000 * hour };
    const [, middle, oldest] = await backups();
    if (middle === undefined || oldest === undefined) throw new Error('no backups');
    w.refusedRefs.add(placeOf(middle));
    w.forgeRefs.delete(placeOf(oldest));
    await w.updateNow(id);
    expect(await w.mirror(id)).toMatchObject({ status: 'finished' });
    expect((await backups()).map((backup) => backup.id)).toContain(middle.id);
    expect(await backups()).toHaveLength(2);
    w.refusedRefs.clear();
    await w.updateNow(id);
    expect(await backups()).toHaveLength(1);
  });

  it('are not noted when they could not be made', async () => {
    const { w, id, base, backups } = await overwriting();
    w.upstreamRefs.set(main, w.history.commit('again', base));
    await requestSync(w, id, 'manual');
    const runId = (await w.mirror(id)).activeRunId ?? '';
    w.refusedRefs.add(placeOf({ runId, ref: main }));
    await w.work();
    expect(await w.outcomes(id)).toEqual([[main, 'rejected', 'backup_failed']]);
    expect(await backups()).toEqual([]);
  });

  it('CRASH-01: are found again by a run that was given back, and are no licence to overwrite another value', async () => {
    const { w, id, base, backups } = await overwriting();
    const before = w.forgeRefs.get(main);
    w.upstreamRefs.set(main, w.history.commit('again', base));
    await requestSync(w, id, 'manual');
    const job = { runId: (await w.mirror(id)).activeRunId ?? '', mirrorId: id };
    const shutdown = new AbortController();
    w.beforePush = () => shutdown.abort(new Error('shutdown'));
    await w.work(shutdown.signal);
    expect((await backups()).map(({ oid }) => oid)).toEqual([before]);
    w.beforePush = () => undefined;
    const theirs = w.history.commit('theirs', base);
    w.forgeRefs.set(main, theirs);
    await w.queue.ensure(job, 'manual');
    await w.work();
    expect(w.forgeRefs.get(main)).toBe(theirs);
    expect(await w.outcomes(id)).toEqual([[main, 'rejected', 'backup_failed']]);
    await w.updateNow(id);
    expect(w.forgeRefs.get(main)).not.toBe(theirs);
    expect((await backups()).map(({ oid }) => oid)).toContain(theirs);
  });
});
