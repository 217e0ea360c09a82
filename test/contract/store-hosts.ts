import { fault } from '../../src/domain/errors';
import type { Cause } from '../../src/domain/cause';
import type { Mirror } from '../../src/domain/mirror';
import type { Store } from '../../src/ports/store';
import { buildMirror, buildRun } from '../support/builders';

const host = 'busy.example';
const slow = { failures: 1, lastError: fault('upstream_timeout') };

/** What a Store knows of the hosts of upstreams. */
export function describeStoreHosts(open: () => Store): void {
  const mirror = (number: number, changes: Partial<Mirror> = {}): Mirror =>
    buildMirror({ id: `mirror-${number}`, repoId: number, url: `https://${host}/group/${number}.git`, ...changes });
  const insert = (store: Store, ...mirrors: Mirror[]): Promise<void> =>
    store.transaction(async (tx) => {
      for (const one of mirrors) await tx.insertMirror(one);
    });
  /** A mirror with a run that waits since `queuedAt`. */
  const waiting = async (
    store: Store,
    number: number,
    cause: Cause,
    queuedAt: number,
    changes: Partial<Mirror> = {},
  ) => {
    const runId = `run-${number}`;
    await insert(store, mirror(number, { status: 'scheduled', activeRunId: runId, ...changes }));
    await store.transaction((tx) =>
      tx.insertRun(buildRun({ id: runId, mirrorId: `mirror-${number}`, cause, queuedAt })),
    );
  };

  it('counts what runs on a host, and what is slow anywhere', async () => {
    const store = open();
    const started = { status: 'started' as const };
    await insert(
      store,
      mirror(1, started),
      mirror(2, { ...started, url: `http://${host}/x.git` }),
      mirror(3, { ...started, url: `https://${host}:8443/x.git` }),
      mirror(4, { ...started, ...slow, url: 'https://other.example/x.git' }),
      mirror(5, { status: 'scheduled' }),
      mirror(6, { ...started, ...slow, failures: 0 }),
    );
    expect(await store.hostLoad(host)).toEqual({ running: 3, slowRunning: 1, blockedUntil: null });
    expect(await store.hostLoad('nobody.example')).toEqual({ running: 0, slowRunning: 1, blockedUntil: null });
    await store.transaction((tx) => tx.saveMirror(mirror(1, { url: 'https://other.example/x.git', ...started })));
    expect(await store.hostLoad('other.example')).toMatchObject({ running: 2 });
  });

  it('names the runs that wait for a host: those of people first, slow ones last, then by age', async () => {
    const store = open();
    await waiting(store, 1, 'clock', 10, slow);
    await waiting(store, 2, 'clock', 30);
    await waiting(store, 3, 'recovery', 20);
    await waiting(store, 4, 'manual', 40);
    await waiting(store, 5, 'clock', 1, { url: 'https://other.example/x.git' });
    await waiting(store, 6, 'plan', 5);
    await waiting(store, 7, 'upstream_hook', 25);
    await store.transaction((tx) => tx.saveRun(buildRun({ id: 'run-6', mirrorId: 'mirror-6', status: 'running' })));
    const ids = async (limit: number, withSlow: boolean) =>
      (await store.waitingRuns(host, { limit, withSlow })).map(({ id }) => id);
    expect(await ids(10, true)).toEqual(['run-4', 'run-3', 'run-7', 'run-2', 'run-1']);
    expect(await ids(10, false)).toEqual(['run-4', 'run-3', 'run-7', 'run-2']);
    expect(await ids(2, true)).toEqual(['run-4', 'run-3']);
    expect(await store.waitingHosts()).toEqual([host, 'other.example']);
    expect((await store.waitingRuns(host, { limit: 1, withSlow: true }))[0]).toEqual(await store.run('run-4'));
  });

  it('leaves out of what is due the mirrors of a host that wants to be left alone, until then', async () => {
    const store = open();
    await insert(
      store,
      mirror(1, { nextUpdateAt: 1 }),
      mirror(2, { nextUpdateAt: 1, url: 'https://other.example/x.git' }),
    );
    await store.transaction((tx) => tx.blockHost(host, 1_000));
    await store.transaction((tx) => tx.blockHost(host, 500));
    expect((await store.hostLoad(host)).blockedUntil).toBe(1_000);
    const due = async (at: number) => (await store.dueMirrors(at, 10)).map(({ id }) => id);
    expect(await due(999)).toEqual(['mirror-2']);
    expect(await due(1_000)).toEqual(['mirror-1', 'mirror-2']);
  });

  it('lets one transaction at a time decide about a host', async () => {
    const store = open();
    const order: string[] = [];
    const take = (name: string) =>
      store.transaction(async (tx) => {
        await tx.lockHost(host);
        order.push(`${name} in`);
        await tx.hostLoad(host);
        order.push(`${name} out`);
      });
    await Promise.all(['one', 'two', 'three'].map(take));
    expect(order.map((entry) => entry.split(' ')[1])).toEqual(['in', 'out', 'in', 'out', 'in', 'out']);
  });
}
