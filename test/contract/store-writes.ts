import { fault } from '../../src/domain/errors';
import type { DeliveredRef } from '../../src/domain/ref-plan';
import { defaultOptions } from '../../src/domain/mirror-options';
import { noCounts, type RefOutcome } from '../../src/domain/run';
import type { Store, StoreTransaction } from '../../src/ports/store';
import { buildMirror, buildMirrorSsh, buildRun } from '../support/builders';

const oid = (digit: string) => digit.repeat(40);
const all = { page: 1, limit: 1_000 };

/** What a Store keeps, and how its transactions behave. */
export function describeStoreWrites(open: () => Store): void {
  const enrolled = async (): Promise<Store> => {
    const store = open();
    await store.transaction((tx) => tx.insertMirror(buildMirror()));
    return store;
  };

  it('gives back exactly the mirror that was put in', async () => {
    const store = open();
    const plain = buildMirror();
    await store.transaction((tx) => tx.insertMirror(plain));
    expect(await store.mirror(plain.id)).toEqual(plain);

    const full = buildMirror({
      fullName: 'ówner/проект 🐙',
      url: `https://[2001:db8::1]:8443/${'x'.repeat(1_900)}.git`,
      authUser: "o'neill",
      sealedPassword: 'v1.00000000.nonce.text',
      ssh: buildMirrorSsh(),
      enabled: false,
      status: 'started',
      failures: 3,
      tokenExpiresAt: 9_007_199_254,
      activity: { digest: 'd', changedAt: 6 },
      pause: { reason: 'person', by: 'ann', at: 5 },
      lastError: fault('upstream_unavailable', { host: 'a\n"b"\\', status: 502 }),
      lastStartedAt: 1_790_000_000_001,
      lastFinishedAt: 1_790_000_000_002,
      lastSuccessAt: 0,
      nextUpdateAt: null,
      lastCounts: { ...noCounts, created: 50_000 },
      upstreamDefaultBranch: `refs/heads/${'é'.repeat(490)}`,
      deliveredDigest: 'd'.repeat(64),
      defaultBranchSet: 'refs/heads/main',
      options: { ...defaultOptions, branches: 'pattern', branchPattern: 'é|"x"', deletions: 'follow', lfs: false },
      held: {
        id: 'plan',
        runId: 'run-1',
        at: 5,
        reasons: [fault('held_refs_lost', { lost: 1, total: 2 })],
        refs: [{ ref: 'refs/heads/main', oldOid: 'a'.repeat(40), newOid: null, action: 'deleted', reason: null }],
        total: 1,
        lost: ['refs/heads/main'],
        lostTotal: 1,
        accepted: true,
      },
      proof: { behind: 1, diverged: ['refs/heads/x'], divergedTotal: 60, inSyncAt: 1_790_000_000_000 },
      activeRunId: 'run-1',
      askedAgainAt: 1_790_000_000_003,
      lease: { owner: 'worker-1', until: 1_790_000_060_000 },
      fence: 5_000_000_000,
      revision: 7,
    });
    await store.transaction((tx) => tx.saveMirror(full));
    expect(await store.mirror(plain.id)).toEqual(full);
    await store.transaction((tx) => tx.saveMirror(plain));
    expect(await store.mirror(plain.id)).toEqual(plain);
  });

  it('gives back exactly the run that was put in', async () => {
    const store = await enrolled();
    const queued = buildRun();
    const failed = buildRun({
      status: 'failed',
      cause: 'recovery',
      startedAt: 1,
      finishedAt: 2,
      error: fault('worker_lost'),
      counts: { ...noCounts, rejected: 1 },
      receivedBytes: 50_000_000_000,
      sentBytes: 9_007_199_254_740_991,
    });
    await store.transaction((tx) => tx.insertRun(queued));
    expect(await store.run('run-1')).toEqual(queued);
    await store.transaction((tx) => tx.saveRun(failed));
    expect(await store.run('run-1')).toEqual(failed);
  });

  it('DATA-10: allows one mirror per project', async () => {
    const store = await enrolled();
    const second = store.transaction((tx) => tx.insertMirror(buildMirror({ id: 'mirror-2' })));
    await expect(second).rejects.toMatchObject({ code: 'internal' });
    expect((await store.mirrors(all)).total).toBe(1);
  });

  it('refuses to save what is not there', async () => {
    const store = open();
    await expect(store.transaction((tx) => tx.saveMirror(buildMirror()))).rejects.toMatchObject({
      code: 'mirror_not_found',
    });
    await expect(store.transaction((tx) => tx.saveRun(buildRun()))).rejects.toMatchObject({ code: 'run_not_found' });
    await expect(store.transaction((tx) => tx.insertRun(buildRun()))).rejects.toMatchObject({ code: 'internal' });
    await expect(store.transaction((tx) => tx.putDeliveredRefs('mirror-1', someRefs()))).rejects.toMatchObject({
      code: 'internal',
    });
  });

  it('DATA-09, SEC-06: deletes a mirror with everything that belongs to it, and nothing else', async () => {
    const store = await enrolled();
    const other = buildMirror({ id: 'mirror-2', repoId: 2 });
    await store.transaction(async (tx) => {
      await tx.insertMirror(other);
      for (const mirrorId of ['mirror-1', 'mirror-2']) {
        await tx.insertRun(buildRun({ id: `run-of-${mirrorId}`, mirrorId }));
        await tx.insertRunOutcomes(`run-of-${mirrorId}`, [outcome('refs/heads/main')]);
        await tx.putDeliveredRefs(mirrorId, someRefs());
      }
    });
    await store.transaction((tx) => tx.deleteMirror('mirror-1'));
    await store.transaction((tx) => tx.deleteMirror('mirror-1'));

    expect(await store.mirror('mirror-1')).toBeNull();
    expect(await store.run('run-of-mirror-1')).toBeNull();
    expect((await store.runs('mirror-1', all)).total).toBe(0);
    expect((await store.runOutcomes('run-of-mirror-1', all)).total).toBe(0);
    expect((await store.deliveredRefs('mirror-1')).size).toBe(0);
    expect((await store.mirrors(all)).items).toEqual([other]);
    expect((await store.runOutcomes('run-of-mirror-2', all)).total).toBe(1);
    expect(await store.deliveredRefs('mirror-2')).toEqual(someRefs());
  });

  it('RES-07: keeps the newest 100 runs of a mirror, the new one among them whatever its clock says', async () => {
    const store = await enrolled();
    await store.transaction(async (tx) => {
      for (let number = 1; number <= 100; number += 1) {
        await tx.insertRun(buildRun({ id: `run-${number}`, queuedAt: number * 10 }));
      }
      await tx.insertRunOutcomes('run-1', [outcome('refs/heads/main')]);
    });
    expect((await store.runs('mirror-1', all)).total).toBe(100);

    await store.transaction((tx) => tx.insertRun(buildRun({ id: 'late', queuedAt: 5 })));
    const left = await store.runs('mirror-1', all);
    expect(left.total).toBe(100);
    expect(left.items.map((run) => run.id)).toContain('late');
    expect(await store.run('run-1')).toBeNull();
    expect((await store.runOutcomes('run-1', all)).total).toBe(0);
    expect(await store.run('run-2')).not.toBeNull();
  });

  it("keeps a run's outcomes in the order in which they came, in pages", async () => {
    const store = await enrolled();
    const outcomes: RefOutcome[] = [
      outcome('refs/heads/z'),
      { ref: 'refs/tags/v1', oldOid: oid('a'), newOid: oid('b'), action: 'diverged', reason: fault('tag_moved') },
      { ref: 'shown � name', oldOid: null, newOid: null, action: 'rejected', reason: fault('ref_name_invalid') },
      outcome('refs/heads/a'),
    ];
    await store.transaction(async (tx) => {
      await tx.insertRun(buildRun());
      await tx.insertRunOutcomes('run-1', []);
      await tx.insertRunOutcomes('run-1', outcomes.slice(0, 3));
      await tx.insertRunOutcomes('run-1', outcomes.slice(3));
    });
    expect(await store.runOutcomes('run-1', all)).toEqual({ items: outcomes, total: 4 });
    expect(await store.runOutcomes('run-1', { page: 2, limit: 3 })).toEqual({ items: [outcomes[3]], total: 4 });
  });

  it('tells ref names apart byte by byte', async () => {
    const store = await enrolled();
    const names = ['refs/heads/Main', 'refs/heads/main', 'refs/heads/é', 'refs/heads/e\u0301', 'refs/heads/main '];
    const longest = `refs/heads/${'x'.repeat(200)}/${'é'.repeat(394)}`;
    const refs = new Map([...names, longest].map((name, index) => [name, delivered(oid(String(index)))]));
    expect(Buffer.byteLength(longest)).toBe(1_000);
    await store.transaction((tx) => tx.putDeliveredRefs('mirror-1', refs));
    expect(await store.deliveredRefs('mirror-1')).toEqual(refs);
  });

  it('puts delivered refs beside and over those it has', async () => {
    const store = await enrolled();
    const changed: DeliveredRef = { oid: oid('c'), intended: null, created: false };
    await store.transaction((tx) => tx.putDeliveredRefs('mirror-1', someRefs()));
    await store.transaction((tx) => tx.putDeliveredRefs('mirror-1', new Map()));
    await store.transaction((tx) =>
      tx.putDeliveredRefs(
        'mirror-1',
        new Map([
          ['refs/heads/b', changed],
          ['refs/heads/c', delivered(oid('d'))],
        ]),
      ),
    );
    expect(await store.deliveredRefs('mirror-1')).toEqual(
      new Map([...someRefs(), ['refs/heads/b', changed], ['refs/heads/c', delivered(oid('d'))]]),
    );
  });

  it('takes 50,000 refs in one transaction within seconds', async () => {
    const store = await enrolled();
    const names = Array.from({ length: 50_000 }, (_, index) => `refs/heads/topic/${index}`);
    const refs = new Map(names.map((name) => [name, delivered(oid('a'))]));
    const started = performance.now();
    await store.transaction(async (tx) => {
      await tx.insertRun(buildRun());
      await tx.insertRunOutcomes('run-1', names.map(outcome));
      await tx.putDeliveredRefs('mirror-1', refs);
    });
    await store.transaction((tx) => tx.putDeliveredRefs('mirror-1', refs));
    const read = await store.deliveredRefs('mirror-1');
    const seconds = (performance.now() - started) / 1000;
    expect(read.size).toBe(50_000);
    expect((await store.runOutcomes('run-1', { page: 50_000, limit: 1 })).items).toEqual([
      outcome('refs/heads/topic/49999'),
    ]);
    // Four times 50,000 rows; a shared machine gets room.
    expect(seconds).toBeLessThan(120);
  }, 180_000);

  it('undoes everything when the work fails, and passes the failure on', async () => {
    const store = await enrolled();
    const failure = new Error('on purpose');
    const work = store.transaction(async (tx) => {
      await tx.saveMirror(buildMirror({ failures: 4 }));
      await tx.insertRun(buildRun());
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await store.mirror('mirror-1')).toEqual(buildMirror());
    expect(await store.run('run-1')).toBeNull();
    expect(await store.transaction(async (tx) => (await tx.mirror('mirror-1'))?.failures)).toBe(0);
  });

  it('shows what is not committed to the transaction alone', async () => {
    const store = await enrolled();
    await store.transaction(async (tx) => {
      await tx.saveMirror(buildMirror({ failures: 4 }));
      expect((await tx.mirror('mirror-1'))?.failures).toBe(4);
      expect((await store.mirror('mirror-1'))?.failures).toBe(0);
    });
    expect((await store.mirror('mirror-1'))?.failures).toBe(4);
  });

  it('loses no update of 20 transactions at once', async () => {
    const store = await enrolled();
    await Promise.all(Array.from({ length: 20 }, () => store.transaction(failOnce)));
    expect((await store.mirror('mirror-1'))?.failures).toBe(20);
  });

  it('keeps a locked mirror from everybody else', async () => {
    const store = await enrolled();
    const order: string[] = [];
    let locked: () => void = () => undefined;
    const isLocked = new Promise<void>((resolve) => (locked = resolve));
    const first = store.transaction(async (tx) => {
      await tx.lockMirror('mirror-1');
      locked();
      await new Promise((resolve) => setTimeout(resolve, 200));
      order.push('first');
    });
    await isLocked;
    const second = store.transaction(async (tx) => {
      await tx.lockMirror('mirror-1');
      order.push('second');
    });
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
  });

  it('lets two who enrol the same project at once find one mirror', async () => {
    const store = open();
    const enrol = (id: string) =>
      store.transaction(async (tx) => {
        const known = await tx.mirrorOfProject(1);
        if (known !== null) return known.id;
        await tx.insertMirror(buildMirror({ id }));
        return id;
      });
    const ids = await Promise.all(['a', 'b', 'c', 'd'].map(enrol));
    expect(new Set(ids).size).toBe(1);
  });
}

async function failOnce(tx: StoreTransaction): Promise<void> {
  const mirror = await tx.lockMirror('mirror-1');
  if (mirror === null) throw new Error('the mirror is gone');
  await tx.saveMirror({ ...mirror, failures: mirror.failures + 1 });
}

function outcome(ref: string): RefOutcome {
  return { ref, oldOid: null, newOid: oid('a'), action: 'created', reason: null };
}

function delivered(value: string): DeliveredRef {
  return { oid: value, intended: null, created: true };
}

function someRefs(): Map<string, DeliveredRef> {
  return new Map([
    ['refs/heads/a', delivered(oid('a'))],
    ['refs/heads/b', { oid: null, intended: oid('b'), created: true }],
  ]);
}
