import { fault } from '../../src/domain/errors';
import type { Mirror } from '../../src/domain/mirror';
import type { Store } from '../../src/ports/store';
import { buildHook, buildMirror } from '../support/builders';

/** What a Store knows of upstreams' webhooks, and of who else waits for one more update. */
export function describeStoreHooks(open: () => Store): void {
  const insert = (store: Store, ...mirrors: Mirror[]): Promise<void> =>
    store.transaction(async (tx) => {
      for (const mirror of mirrors) await tx.insertMirror(mirror);
    });
  const numbered = (number: number, changes: Partial<Mirror> = {}): Mirror =>
    buildMirror({ id: `mirror-${number}`, repoId: number, ...changes });

  it('finds a mirror by its webhook, also after it got one, and never one that has lost it', async () => {
    const store = open();
    const mirror = buildMirror({ hook: buildHook({ id: 'hook-1', dueAt: 5 }) });
    await insert(store, mirror, numbered(2));
    expect(await store.mirrorOfHook('hook-1')).toEqual(mirror);
    expect(await store.mirrorOfHook('hook-2')).toBeNull();
    await store.transaction((tx) => tx.saveMirror(numbered(2, { hook: buildHook({ id: 'hook-2' }) })));
    expect((await store.mirrorOfHook('hook-2'))?.id).toBe('mirror-2');
    await store.transaction((tx) => tx.saveMirror({ ...mirror, hook: null }));
    expect(await store.mirrorOfHook('hook-1')).toBeNull();
  });

  it('names the mirrors with a delivery that waits, oldest first', async () => {
    const store = open();
    const at = (dueAt: number | null) => buildHook({ id: `due-${Math.random()}`, dueAt });
    await insert(
      store,
      numbered(1, { hook: at(100) }),
      numbered(2, { hook: at(50) }),
      numbered(3, { hook: at(101) }),
      numbered(4, { hook: at(null) }),
      numbered(5, { hook: at(1), enabled: false }),
      numbered(6, { hook: at(1), pause: { reason: 'person', by: 'ann', at: 1 } }),
      numbered(7, { hook: at(1), activeRunId: 'run-1', status: 'started' }),
      numbered(8, { hook: at(1), lastError: fault('upstream_empty') }),
      numbered(9),
    );
    const ids = async (limit: number) => (await store.dueHooks(100, limit)).map((mirror) => mirror.id);
    expect([await ids(10), await ids(1)]).toEqual([['mirror-2', 'mirror-1'], ['mirror-2']]);
  });

  it('names the mirrors whose next update somebody waits for, the longest waiting first', async () => {
    const store = open();
    await insert(
      store,
      numbered(1, { askedAgainAt: 100 }),
      numbered(2, { askedAgainAt: 50, lastError: fault('upstream_empty') }),
      numbered(3),
      numbered(4, { askedAgainAt: 1, enabled: false }),
      numbered(5, { askedAgainAt: 1, pause: { reason: 'person', by: 'ann', at: 1 } }),
      numbered(6, { askedAgainAt: 1, activeRunId: 'run-1', status: 'started' }),
    );
    const ids = async (limit: number) => (await store.askedAgain(limit)).map((mirror) => mirror.id);
    expect([await ids(10), await ids(1)]).toEqual([['mirror-2', 'mirror-1'], ['mirror-2']]);
  });

  it('knows a delivery by its digest, per mirror, for as long as it was told', async () => {
    const store = open();
    await insert(store, numbered(1), numbered(2));
    const note = (mirrorId: string, digest: string, at: number) =>
      store.transaction((tx) => tx.noteDelivery(mirrorId, digest, at, 1_000));
    expect([
      await note('mirror-1', 'a', 1),
      await note('mirror-1', 'a', 900),
      await note('mirror-2', 'a', 900),
    ]).toEqual([true, false, true]);
    expect([await note('mirror-1', 'b', 1_100), await note('mirror-1', 'a', 1_101)]).toEqual([true, true]);
    await store.transaction((tx) => tx.deleteMirror('mirror-1'));
    expect(await store.mirror('mirror-1')).toBeNull();
  });
}
