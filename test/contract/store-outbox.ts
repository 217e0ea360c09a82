import type { OutboxEntry } from '../../src/domain/owner-notice';
import type { Store } from '../../src/ports/store';
import { buildMirror } from '../support/builders';

/** What a Store does with what waits to be told. */
export function describeStoreOutbox(open: () => Store): void {
  const entry = (id: string, changes: Partial<OutboxEntry> = {}): OutboxEntry => ({
    id,
    mirrorId: 'mirror-1',
    channel: 'webhook',
    type: 'mirror.updated',
    payload: '{"ünï":"\\u0000"}',
    createdAt: 1_790_000_000_000,
    attempts: 0,
    dueAt: 100,
    ...changes,
  });
  const filled = async (...entries: OutboxEntry[]): Promise<Store> => {
    const store = open();
    await store.transaction(async (tx) => {
      await tx.insertMirror(buildMirror());
      await tx.insertOutbox(entries);
    });
    return store;
  };

  it('names what is due, oldest first, and when the next is', async () => {
    const [a, b, c] = [
      entry('a', { createdAt: 2 }),
      entry('b', { createdAt: 1, dueAt: 50 }),
      entry('c', { dueAt: 101 }),
    ];
    const store = await filled(a, b, c);
    expect(await store.dueOutbox(100, 10)).toEqual([b, a]);
    expect(await store.dueOutbox(100, 1)).toEqual([b]);
    expect([await store.dueOutbox(49, 10), await store.nextOutboxAt()]).toEqual([[], 50]);
  });

  it('gives an entry to one of two who want it', async () => {
    const store = await filled(entry('a'));
    const claim = () => store.transaction((tx) => tx.claimOutbox(entry('a'), 500));
    expect((await Promise.all([claim(), claim()])).sort()).toEqual([false, true]);
    expect(await store.dueOutbox(500, 10)).toEqual([entry('a', { dueAt: 500 })]);
  });

  it('keeps a try, forgets what is settled, and misses nothing that is gone', async () => {
    const store = await filled(entry('a'), entry('b'));
    await store.transaction(async (tx) => {
      await tx.saveOutbox(entry('a', { attempts: 1, dueAt: 300 }));
      await tx.deleteOutbox('b');
      await tx.deleteOutbox('b');
      await tx.saveOutbox(entry('b'));
    });
    expect(await store.dueOutbox(1_000, 10)).toEqual([entry('a', { attempts: 1, dueAt: 300 })]);
  });

  it('loses what is to be told of a mirror with the mirror', async () => {
    const store = await filled(entry('a'));
    await store.transaction((tx) => tx.deleteMirror('mirror-1'));
    expect([await store.dueOutbox(1_000, 10), await store.nextOutboxAt()]).toEqual([[], null]);
  });
}
