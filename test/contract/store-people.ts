import type { AuditEntry } from '../../src/domain/audit';
import type { Store } from '../../src/ports/store';

function entry(changes: Partial<AuditEntry>): AuditEntry {
  return {
    id: '00000000-0000-0000-0000-000000000001',
    at: 1000,
    who: 'ada',
    via: 'token',
    from: '192.0.2.7',
    action: 'mirror.changed',
    repoId: 7,
    project: 'ada/engine',
    details: { url: 'https://a.example/x.git', enabled: true },
    ...changes,
  };
}

/** What is kept of people: sessions, and who did what. */
export function describeStorePeople(current: () => Store): void {
  describe('sessions', () => {
    const record = { id: 'a'.repeat(64), sealed: 'sealed', expiresAt: 5_000 };

    it('are kept, replaced, prolonged and removed', async () => {
      const { sessions } = current();
      expect(await sessions.get(record.id)).toBeNull();
      await sessions.put(record, 0);
      await sessions.put({ ...record, sealed: 'sealed anew' }, 0);
      await sessions.extend(record.id, 9_000_000_000_000);
      expect(await sessions.get(record.id)).toEqual({ ...record, sealed: 'sealed anew', expiresAt: 9_000_000_000_000 });
      await sessions.remove(record.id);
      expect(await sessions.get(record.id)).toBeNull();
      await sessions.extend(record.id, 1);
      expect(await sessions.get(record.id)).toBeNull();
    });

    it('go when they have expired and another one comes', async () => {
      const { sessions } = current();
      await sessions.put(record, 0);
      await sessions.put({ ...record, id: 'b'.repeat(64) }, 5_001);
      expect(await sessions.get(record.id)).toBeNull();
    });
  });

  describe('the audit log', () => {
    const page = { page: 1, limit: 10 };
    const insert = (...entries: AuditEntry[]) =>
      current().transaction(async (tx) => {
        for (const each of entries) await tx.insertAuditEntry(each, 500);
      });

    it('is told newest first, of one project or of all', async () => {
      const other = entry({ id: '2', at: 2000, repoId: null, project: null, who: null, from: null, details: {} });
      await insert(entry({}), other, entry({ id: '3', at: 3000 }));
      expect(await current().auditEntries({ repoId: 7 }, page)).toEqual({
        items: [entry({ id: '3', at: 3000 }), entry({})],
        total: 2,
      });
      expect((await current().auditEntries({}, { page: 2, limit: 1 })).items).toEqual([other]);
    });

    it('RES-07: forgets what is too old, and nothing of a transaction that failed', async () => {
      await insert(entry({}));
      await current()
        .transaction(async (tx) => {
          await tx.insertAuditEntry(entry({ id: '2', at: 2000 }), 0);
          throw new Error('stop');
        })
        .catch(() => undefined);
      expect((await current().auditEntries({}, page)).total).toBe(1);
      await current().transaction((tx) => tx.insertAuditEntry(entry({ id: '3', at: 9000 }), 1001));
      expect((await current().auditEntries({}, page)).items.map(({ id }) => id)).toEqual(['3']);
    });
  });
}
