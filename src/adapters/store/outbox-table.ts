import { EntitySchema, type EntityManager } from 'typeorm';
import type { OutboxEntry } from '../../domain/owner-notice';
import type { StoreReads, StoreTransaction } from '../../ports/store';

const id = { type: 'varchar', length: 36 } as const;
const word = { type: 'varchar', length: 40 } as const;
// PostgreSQL hands a bigint over as text.
const whole = { type: 'bigint', transformer: { to: (value: number) => value, from: Number } } as const;

export const OutboxEntity = new EntitySchema<OutboxEntry>({
  name: 'outbox_entry',
  tableName: 'outbox',
  columns: {
    id: { name: 'id', ...id, primary: true },
    mirrorId: { name: 'mirror_id', ...id },
    channel: { name: 'channel', ...word },
    type: { name: 'type', ...word },
    payload: { name: 'payload', type: 'text' },
    createdAt: { name: 'created_at', ...whole },
    attempts: { name: 'attempts', ...whole },
    dueAt: { name: 'due_at', ...whole },
  },
  indices: [
    { name: 'ix_outbox_due_at', columns: ['dueAt'] },
    { name: 'ix_outbox_mirror_id', columns: ['mirrorId'] },
  ],
  foreignKeys: [
    {
      name: 'fk_outbox_mirror_id',
      target: 'mirror',
      columnNames: ['mirrorId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

export function outboxReads(manager: EntityManager): Pick<StoreReads, 'dueOutbox' | 'nextOutboxAt'> {
  const outbox = () => manager.createQueryBuilder(OutboxEntity, 'entry');
  return {
    dueOutbox: (at, limit) =>
      outbox()
        .where('entry.dueAt <= :at', { at })
        .orderBy('entry.createdAt')
        .addOrderBy('entry.dueAt')
        .addOrderBy('entry.id')
        .limit(limit)
        .getMany(),
    nextOutboxAt: async () => {
      const next = await outbox().select('MIN(entry.dueAt)', 'at').getRawOne<{ at: string | number | null }>();
      return next?.at == null ? null : Number(next.at);
    },
  };
}

type Writes = Pick<StoreTransaction, 'insertOutbox' | 'claimOutbox' | 'saveOutbox' | 'deleteOutbox'>;

export function outboxWrites(manager: EntityManager): Writes {
  return {
    insertOutbox: async (entries) => {
      const rows = [...entries];
      await manager.createQueryBuilder().insert().into(OutboxEntity).values(rows).updateEntity(false).execute();
    },
    claimOutbox: async ({ id, dueAt }, until) => {
      const update = manager.createQueryBuilder().update(OutboxEntity).set({ dueAt: until });
      return (await update.where('id = :id AND dueAt = :dueAt', { id, dueAt }).execute()).affected === 1;
    },
    saveOutbox: async ({ id, ...state }) => {
      await manager.createQueryBuilder().update(OutboxEntity).set(state).where('id = :id', { id }).execute();
    },
    deleteOutbox: async (id) => {
      await manager.createQueryBuilder().delete().from(OutboxEntity).where('id = :id', { id }).execute();
    },
  };
}
