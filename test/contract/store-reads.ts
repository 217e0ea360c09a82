import type { Backup } from '../../src/domain/backup';
import type { Mirror } from '../../src/domain/mirror';
import { fault } from '../../src/domain/errors';
import type { FaultCode } from '../../src/domain/fault-catalogue';
import type { MirrorFilter, Store } from '../../src/ports/store';
import { buildMirror, buildRun } from '../support/builders';

const insert = (store: Store, ...mirrors: Mirror[]): Promise<void> =>
  store.transaction(async (tx) => {
    for (const mirror of mirrors) await tx.insertMirror(mirror);
  });

/** What a Store answers. */
export function describeStoreReads(open: () => Store): void {
  const numbered = (number: number, changes: Partial<Mirror> = {}): Mirror =>
    buildMirror({ id: `mirror-${number}`, repoId: number, createdAt: number, ...changes });

  it('answers null for what it does not have', async () => {
    const store = open();
    expect(await store.mirror('mirror-1')).toBeNull();
    expect(await store.mirrorOfProject(1)).toBeNull();
    expect(await store.run('run-1')).toBeNull();
    expect(await store.mirrors({ page: 1, limit: 10 })).toEqual({ items: [], total: 0 });
    expect(await store.runs('mirror-1', { page: 1, limit: 10 })).toEqual({ items: [], total: 0 });
    expect(await store.runOutcomes('run-1', { page: 1, limit: 10 })).toEqual({ items: [], total: 0 });
    expect(await store.deliveredRefs('mirror-1')).toEqual(new Map());
    expect(await store.backup('backup-1')).toBeNull();
    expect(await store.backups('mirror-1', { page: 1, limit: 10 })).toEqual({ items: [], total: 0 });
  });

  it('lists what was overwritten newest first, in pages, until it is deleted or the mirror is', async () => {
    const store = open();
    await insert(store, numbered(1), numbered(2));
    const kept = (id: string, at: number, mirrorId = 'mirror-1'): Backup => ({
      ...{ id, mirrorId, at, runId: `run-of-${id}`, ref: 'refs/heads/\u00fc', oid: 'a'.repeat(40) },
    });
    const all = [kept('a', 1), kept('b', 1_795_000_000_000), kept('c', 2), kept('d', 3, 'mirror-2')];
    await store.transaction((tx) => tx.insertBackups(all));
    expect(await store.backups('mirror-1', { page: 1, limit: 2 })).toEqual({ items: [all[1], all[2]], total: 3 });
    expect(await store.backups('mirror-1', { page: 2, limit: 2 })).toEqual({ items: [all[0]], total: 3 });
    expect(await store.backup('d')).toEqual(all[3]);
    expect(await store.backupsOfRun('run-of-c')).toEqual([all[2]]);
    await store.transaction((tx) => tx.deleteBackups(['a', 'c']));
    expect(await store.backups('mirror-1', { page: 1, limit: 9 })).toEqual({ items: [all[1]], total: 1 });
    await store.transaction((tx) => tx.deleteMirror('mirror-1'));
    expect([await store.backup('b'), await store.backup('d')]).toEqual([null, all[3]]);
  });

  it('lists those that failed with certain codes and may run, the longest ago first', async () => {
    const store = open();
    const lastError = fault('forge_unreachable', { why: 'no' });
    await insert(
      store,
      numbered(1, { lastError, lastFinishedAt: 1_795_000_000_000 }),
      numbered(2, { lastError: fault('forge_token_refused'), lastFinishedAt: 5 }),
      numbered(3, { lastError: { ...fault('internal'), message: '{"code":"forge_unreachable",' } }),
      numbered(4),
      numbered(5, { lastError, enabled: false }),
      numbered(6, { lastError, pause: { reason: 'person', by: 'ann', at: 1 } }),
      numbered(7, { lastError, activeRunId: 'run-1' }),
    );
    const ids = async (codes: readonly FaultCode[], limit = 10) =>
      (await store.failedMirrors(codes, limit)).map(({ repoId }) => repoId);
    expect(await ids(['forge_unreachable', 'forge_token_refused'])).toEqual([2, 1]);
    expect(await ids(['forge_unreachable', 'forge_token_refused'], 1)).toEqual([2]);
    expect(await ids(['forge_unreachable'])).toEqual([1]);
    expect(await ids(['internal'])).toEqual([3]);
  });

  it('lists mirrors newest first, in pages', async () => {
    const store = open();
    await insert(store, numbered(2), numbered(1), numbered(3));
    expect(await store.mirrors({ page: 1, limit: 2 })).toEqual({ items: [numbered(3), numbered(2)], total: 3 });
    expect(await store.mirrors({ page: 2, limit: 2 })).toEqual({ items: [numbered(1)], total: 3 });
    expect(await store.mirrors({ page: 3, limit: 2 })).toEqual({ items: [], total: 3 });
  });

  it('lists only the mirrors that fit, whatever is asked for together', async () => {
    const store = open();
    const refs = ['refs/heads/"divergedTotal":0,"behind":0,'];
    const proof = { behind: 0, diverged: [], divergedTotal: 0, lfs: [], lfsTotal: 0, inSyncAt: 1 };
    const held = { id: 'plan', runId: 'run', at: 1, reasons: [], refs: [], total: 1, lost: [], lostTotal: 0 };
    await insert(
      store,
      numbered(1, { fullName: 'group/a', status: 'finished', proof }),
      numbered(2, { fullName: 'Group/b', url: 'https://other.example:8443/x.git', proof: { ...proof, behind: 10 } }),
      numbered(3, { fullName: 'grou_/c', proof: { ...proof, diverged: refs, divergedTotal: 10, behind: 1 } }),
      numbered(4, { fullName: 'group2/d', proof: { behind: 1, diverged: [], divergedTotal: 0, inSyncAt: null } }),
      numbered(5, { fullName: 'x/group', proof: { ...proof, lfs: refs, lfsTotal: 20, behind: 20 } }),
      numbered(6, { pause: { reason: 'failures', by: null, at: 1 }, proof, lastError: fault('internal') }),
      numbered(7, { proof, held: { ...held, accepted: false } }),
      numbered(8, { url: 'https://other.example:8443/y.git', status: 'failed' }),
    );
    const ids = async (filter: MirrorFilter) =>
      (await store.mirrors({ page: 1, limit: 20 }, filter)).items.map(({ repoId }) => repoId).sort();
    expect(await ids({ syncState: 'in_sync' })).toEqual([1]);
    expect(await ids({ syncState: 'behind' })).toEqual([2, 4]);
    expect(await ids({ syncState: 'diverged' })).toEqual([3]);
    expect(await ids({ syncState: 'incomplete_lfs' })).toEqual([5]);
    expect(await ids({ syncState: 'unknown' })).toEqual([6, 8]);
    expect(await ids({ syncState: 'held' })).toEqual([7]);
    expect(await ids({ owner: 'GROUP' })).toEqual([1, 2]);
    expect(await ids({ owner: 'grou_' })).toEqual([3]);
    expect(await ids({ owner: '%' })).toEqual([]);
    expect(await ids({ host: 'other.example:8443' })).toEqual([2, 8]);
    expect(await ids({ host: 'other.example:8443', status: 'failed' })).toEqual([8]);
    expect(await ids({ paused: true })).toEqual([6]);
    expect(await ids({ paused: false, owner: 'x' })).toEqual([5]);
    expect(await store.mirrors({ page: 2, limit: 1 }, { owner: 'group' })).toMatchObject({
      items: [{ repoId: 1 }],
      total: 2,
    });
  });

  it('finds a mirror by its project, however large the number', async () => {
    const store = open();
    const mirror = buildMirror({ repoId: 9_007_199_254_740_991 });
    await insert(store, mirror);
    expect(await store.mirrorOfProject(9_007_199_254_740_991)).toEqual(mirror);
  });

  it('names the due mirrors, oldest turn first', async () => {
    const store = open();
    const passAt = 1_000;
    await insert(
      store,
      numbered(1, { nextUpdateAt: 1_000 }),
      numbered(2, { nextUpdateAt: 500 }),
      numbered(3, { nextUpdateAt: 1_001 }),
      numbered(4, { nextUpdateAt: null }),
      numbered(5, { nextUpdateAt: 1, enabled: false }),
      numbered(6, { nextUpdateAt: 1, pause: { reason: 'failures', by: null, at: 1 } }),
      numbered(7, { nextUpdateAt: 1, activeRunId: 'run-1', status: 'scheduled' }),
      numbered(8, { nextUpdateAt: 500 }),
    );
    const ids = async (limit: number) => (await store.dueMirrors(passAt, limit)).map((mirror) => mirror.id);
    expect(await ids(10)).toEqual(['mirror-2', 'mirror-8', 'mirror-1']);
    expect(await ids(2)).toEqual(['mirror-2', 'mirror-8']);
  });

  it('names the mirrors that have a run under way', async () => {
    const store = open();
    await insert(store, numbered(1), numbered(2, { activeRunId: 'run-2' }), numbered(3, { activeRunId: 'run-3' }));
    const ids = (await store.activeMirrors()).map((mirror) => mirror.id).sort();
    expect(ids).toEqual(['mirror-2', 'mirror-3']);
  });

  it("lists a mirror's runs newest first, in pages, and nobody else's", async () => {
    const store = open();
    await insert(store, numbered(1), numbered(2));
    const runs = [1, 2, 3].map((number) => buildRun({ id: `run-${number}`, queuedAt: number }));
    await store.transaction(async (tx) => {
      for (const run of runs) await tx.insertRun(run);
      await tx.insertRun(buildRun({ id: 'other', mirrorId: 'mirror-2' }));
    });
    expect(await store.runs('mirror-1', { page: 1, limit: 2 })).toEqual({ items: [runs[2], runs[1]], total: 3 });
    expect(await store.runs('mirror-1', { page: 2, limit: 2 })).toEqual({ items: [runs[0]], total: 3 });
  });

  it('has a clock that does not go backwards', async () => {
    const store = open();
    const before = await store.now();
    const inside = await store.transaction((tx) => tx.now());
    expect(Number.isInteger(before)).toBe(true);
    expect(before).toBeGreaterThan(Date.UTC(2025, 0, 1));
    expect(inside).toBeGreaterThanOrEqual(before);
  });

  it('answers a ping', async () => {
    await expect(open().ping()).resolves.toBeUndefined();
  });
}
