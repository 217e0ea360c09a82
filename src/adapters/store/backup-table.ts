import { EntitySchema, type EntityManager } from 'typeorm';
import type { Backup } from '../../domain/backup';
import type { StoreReads, StoreTransaction } from '../../ports/store';

const id = { type: 'varchar', length: 36 } as const;
/** Rows per statement, below the parameters that the databases take. */
const chunkSize = 1_000;

export const BackupEntity = new EntitySchema<Backup>({
  name: 'backup',
  tableName: 'backups',
  columns: {
    id: { name: 'id', ...id, primary: true },
    mirrorId: { name: 'mirror_id', ...id },
    runId: { name: 'run_id', ...id },
    ref: { name: 'ref', type: 'text' },
    oid: { name: 'oid', type: 'varchar', length: 40 },
    // PostgreSQL hands a bigint over as text.
    at: { name: 'at', type: 'bigint', transformer: { to: (at: number) => at, from: Number } },
  },
  indices: [{ name: 'ix_backups_mirror_id_at', columns: ['mirrorId', 'at'] }],
  foreignKeys: [
    {
      name: 'fk_backups_mirror_id',
      target: 'mirror',
      columnNames: ['mirrorId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

export function backupReads(manager: EntityManager): Pick<StoreReads, 'backup' | 'backups' | 'backupsOfRun'> {
  const backups = () => manager.createQueryBuilder(BackupEntity, 'backup');
  return {
    backup: (id) => backups().where('backup.id = :id', { id }).getOne(),
    backupsOfRun: (runId) => backups().where('backup.runId = :runId', { runId }).getMany(),
    backups: async (mirrorId, { page, limit }) => {
      const [items, total] = await backups()
        .where('backup.mirrorId = :mirrorId', { mirrorId })
        .orderBy('backup.at', 'DESC')
        .addOrderBy('backup.id', 'DESC')
        .offset((page - 1) * limit)
        .limit(limit)
        .getManyAndCount();
      return { items, total };
    },
  };
}

export function backupWrites(manager: EntityManager): Pick<StoreTransaction, 'insertBackups' | 'deleteBackups'> {
  return {
    insertBackups: async (backups) => {
      for (let at = 0; at < backups.length; at += chunkSize) {
        const rows = backups.slice(at, at + chunkSize).map((backup) => ({ ...backup }));
        await manager.createQueryBuilder().insert().into(BackupEntity).values(rows).updateEntity(false).execute();
      }
    },
    deleteBackups: async (ids) => {
      for (let at = 0; at < ids.length; at += chunkSize) {
        const some = ids.slice(at, at + chunkSize);
        await manager.createQueryBuilder().delete().from(BackupEntity).where('id IN (:...some)', { some }).execute();
      }
    },
  };
}
