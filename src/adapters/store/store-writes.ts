import type { EntityManager } from 'typeorm';
import { HeadwaterError } from '../../domain/errors';
import type { Mirror } from '../../domain/mirror';
import type { StoreReads, StoreTransaction } from '../../ports/store';
import { backupWrites } from './backup-table';
import type { Database } from './database';
import { outboxWrites } from './outbox-table';
import { policyWrites } from './policy-table';
import { createAuditWrites } from './audit-table';
import {
  DeliveredEntity,
  HookDeliveryEntity,
  HostEntity,
  MirrorEntity,
  mirrorRow,
  OutcomeEntity,
  RunEntity,
} from './entities';

/** A mirror's history; older runs go when a new one comes. */
const keptRuns = 100;
/** Rows per INSERT: few statements, and far below the 32,766 and 65,535 parameters that the databases take. */
const chunkSize = 1_000;

/** The writes of the port on the connection of a transaction. */
export function createStoreWrites(
  database: Pick<Database, 'locksRows'>,
  manager: EntityManager,
): Omit<StoreTransaction, keyof StoreReads> {
  const saveMirror = async (mirror: Mirror): Promise<void> => {
    const { id, ...state } = mirrorRow(mirror);
    const update = manager.createQueryBuilder().update(MirrorEntity).set(state).where('id = :id', { id });
    if ((await update.execute()).affected !== 1) throw new HeadwaterError('mirror_not_found');
  };
  return {
    ...createAuditWrites(manager),
    ...backupWrites(manager),
    ...outboxWrites(manager),
    ...policyWrites(database, manager),

    lockMirror: (id) => {
      const query = manager.createQueryBuilder(MirrorEntity, 'mirror').where('mirror.id = :id', { id });
      return (database.locksRows ? query.setLock('pessimistic_write') : query).getOne();
    },

    lockHost: async (host) => {
      await insertHost(manager, host);
      const query = manager.createQueryBuilder(HostEntity, 'host').where('host.host = :host', { host });
      await (database.locksRows ? query.setLock('pessimistic_write') : query).getOne();
    },

    blockHost: async (host, until) => {
      await insertHost(manager, host);
      await manager
        .createQueryBuilder()
        .update(HostEntity)
        .set({ blockedUntil: until })
        .where('host = :host AND (blocked_until IS NULL OR blocked_until < :until)', { host, until })
        .execute();
    },

    insertMirror: async (mirror) => {
      await manager
        .createQueryBuilder()
        .insert()
        .into(MirrorEntity)
        .values(mirrorRow(mirror))
        .updateEntity(false)
        .execute();
    },

    saveMirror,
    saveResealed: saveMirror,

    deleteMirror: async (id) => {
      // One run at a time: their outcomes go along, and all of them in one statement could stop the process for long.
      for (const runId of await oldRuns(manager, id, null, 0)) await deleteRun(manager, runId);
      await manager.createQueryBuilder().delete().from(MirrorEntity).where('id = :id', { id }).execute();
    },

    insertRun: async (run) => {
      await manager.createQueryBuilder().insert().into(RunEntity).values(run).updateEntity(false).execute();
      for (const runId of await oldRuns(manager, run.mirrorId, run.id, keptRuns - 1)) await deleteRun(manager, runId);
    },

    saveRun: async ({ id, ...state }) => {
      const update = manager.createQueryBuilder().update(RunEntity).set(state).where('id = :id', { id });
      if ((await update.execute()).affected !== 1) throw new HeadwaterError('run_not_found');
    },

    insertRunOutcomes: async (runId, outcomes) => {
      const first = await nextPosition(manager, runId);
      for (const chunk of chunksOf(outcomes)) {
        const rows = chunk.items.map((outcome, index) => ({
          ...outcome,
          runId,
          position: first + chunk.start + index,
        }));
        await manager.createQueryBuilder().insert().into(OutcomeEntity).values(rows).updateEntity(false).execute();
      }
    },

    noteDelivery: async (mirrorId, digest, at, keepMs) => {
      const deliveries = () => manager.createQueryBuilder(HookDeliveryEntity, 'delivery');
      const known = await deliveries().where({ mirrorId, digest }).getOne();
      if (known !== null) return false;
      const old = { mirrorId, old: at - keepMs };
      await deliveries().delete().where('mirrorId = :mirrorId AND at < :old', old).execute();
      await deliveries().insert().values({ mirrorId, digest, at }).updateEntity(false).execute();
      return true;
    },

    putDeliveredRefs: async (mirrorId, refs) => {
      for (const chunk of chunksOf([...refs])) {
        await manager
          .createQueryBuilder()
          .insert()
          .into(DeliveredEntity)
          .values(chunk.items.map(([ref, delivered]) => ({ mirrorId, ref, gone: false, ...delivered })))
          .orUpdate(['oid', 'intended', 'created', 'gone'], ['mirror_id', 'ref'])
          .updateEntity(false)
          .execute();
      }
    },
  };
}

async function insertHost(manager: EntityManager, host: string): Promise<void> {
  const row = { host, blockedUntil: null };
  await manager.createQueryBuilder().insert().into(HostEntity).values(row).orIgnore().updateEntity(false).execute();
}

/** Ids of a mirror's runs, `spared` apart, without the newest `skip`. */
async function oldRuns(
  manager: EntityManager,
  mirrorId: string,
  spared: string | null,
  skip: number,
): Promise<string[]> {
  const rows = await manager
    .createQueryBuilder(RunEntity, 'run')
    .select('run.id', 'id')
    .where('run.mirrorId = :mirrorId AND run.id <> :spared', { mirrorId, spared: spared ?? '' })
    .orderBy('run.queuedAt', 'DESC')
    .addOrderBy('run.id', 'DESC')
    .offset(skip)
    .limit(1_000)
    .getRawMany<{ id: string }>();
  return rows.map((row) => row.id);
}

async function deleteRun(manager: EntityManager, id: string): Promise<void> {
  await manager.createQueryBuilder().delete().from(RunEntity).where('id = :id', { id }).execute();
}

async function nextPosition(manager: EntityManager, runId: string): Promise<number> {
  const last = await manager
    .createQueryBuilder(OutcomeEntity, 'outcome')
    .select('MAX(outcome.position)', 'position')
    .where('outcome.runId = :runId', { runId })
    .getRawOne<{ position: number | null }>();
  return last?.position == null ? 0 : last.position + 1;
}

function* chunksOf<T>(items: readonly T[]): Generator<{ readonly start: number; readonly items: readonly T[] }> {
  for (let start = 0; start < items.length; start += chunkSize) {
    yield { start, items: items.slice(start, start + chunkSize) };
  }
}
