import { EntitySchema, type EntityManager } from 'typeorm';
import type { AuditEntry } from '../../domain/audit';
import type { AuditReads, AuditWrites } from '../../ports/audit-log';

// PostgreSQL hands a bigint over as text.
const whole = {
  to: (value: number | null) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

export const AuditEntity = new EntitySchema<AuditEntry>({
  name: 'audit_entry',
  tableName: 'audit_entries',
  columns: {
    id: { name: 'id', type: 'varchar', length: 36, primary: true },
    at: { name: 'at', type: 'bigint', transformer: whole },
    who: { name: 'who', type: 'text', nullable: true },
    via: { name: 'via', type: 'varchar', length: 40 },
    from: { name: 'from_address', type: 'text', nullable: true },
    action: { name: 'action', type: 'varchar', length: 40 },
    repoId: { name: 'repo_id', type: 'bigint', transformer: whole, nullable: true },
    project: { name: 'project', type: 'text', nullable: true },
    details: { name: 'details', type: 'simple-json' },
  },
  indices: [
    { name: 'ix_audit_entries_at', columns: ['at'] },
    { name: 'ix_audit_entries_repo_id_at', columns: ['repoId', 'at'] },
  ],
});

export function createAuditReads(manager: EntityManager): AuditReads {
  return {
    auditEntries: async ({ repoId }, { page, limit }) => {
      const query = manager
        .createQueryBuilder(AuditEntity, 'entry')
        .orderBy('entry.at', 'DESC')
        .addOrderBy('entry.id', 'DESC')
        .offset((page - 1) * limit)
        .limit(limit);
      if (repoId !== undefined) query.where('entry.repoId = :repoId', { repoId });
      const [items, total] = await query.getManyAndCount();
      return { items, total };
    },
  };
}

export function createAuditWrites(manager: EntityManager): AuditWrites {
  return {
    insertAuditEntry: async (entry, keptSince) => {
      await manager.createQueryBuilder().delete().from(AuditEntity).where('at < :keptSince', { keptSince }).execute();
      await manager.createQueryBuilder().insert().into(AuditEntity).values(entry).updateEntity(false).execute();
    },
  };
}
