import { EntitySchema, type EntityManager } from 'typeorm';
import type { SessionRecord, Sessions } from '../../ports/sessions';
import type { Database } from './database';

export const SessionEntity = new EntitySchema<SessionRecord>({
  name: 'session',
  tableName: 'sessions',
  columns: {
    id: { name: 'id', type: 'varchar', length: 64, primary: true },
    sealed: { name: 'sealed', type: 'text' },
    // PostgreSQL hands a bigint over as text.
    expiresAt: { name: 'expires_at', type: 'bigint', transformer: { to: (at: number) => at, from: Number } },
  },
  indices: [{ name: 'ix_sessions_expires_at', columns: ['expiresAt'] }],
});

/** Sessions of browsers. The last writer of a session wins. */
export function createSessionTable(database: Pick<Database, 'read' | 'transaction'>): Sessions {
  const write = (work: (manager: EntityManager) => Promise<unknown>): Promise<void> =>
    database.transaction(async (manager) => void (await work(manager)));

  return {
    get: (id) =>
      database.read((manager) =>
        manager.createQueryBuilder(SessionEntity, 'session').where('session.id = :id', { id }).getOne(),
      ),
    put: (record, now) =>
      write(async (manager) => {
        await manager.createQueryBuilder().delete().from(SessionEntity).where('expiresAt < :now', { now }).execute();
        await manager
          .createQueryBuilder()
          .insert()
          .into(SessionEntity)
          .values(record)
          .orUpdate(['sealed', 'expires_at'], ['id'])
          .updateEntity(false)
          .execute();
      }),
    extend: (id, expiresAt) =>
      write((manager) =>
        manager.createQueryBuilder().update(SessionEntity).set({ expiresAt }).where('id = :id', { id }).execute(),
      ),
    remove: (id) =>
      write((manager) => manager.createQueryBuilder().delete().from(SessionEntity).where('id = :id', { id }).execute()),
  };
}
