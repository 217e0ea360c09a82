import { Brackets, type EntityManager, type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';
import type { Page, Paged } from '../../ports/paged';
import type { StoreReads } from '../../ports/store';
import { backupReads } from './backup-table';
import type { Database } from './database';
import { createAuditReads } from './audit-table';
import { hostReads } from './host-reads';
import { narrow } from './narrow-mirrors';
import { outboxReads } from './outbox-table';
import { policyReads } from './policy-table';
import { DeliveredEntity, MirrorEntity, OutcomeEntity, RunEntity, type RawDeliveredRow } from './entities';

const blocked =
  'SELECT 1 FROM upstream_hosts AS busy WHERE busy.host = mirror.upstream_host AND busy.blocked_until > :at';

/** The reads of the port on one connection, inside or outside a transaction. */
export function createStoreReads(database: Pick<Database, 'now'>, manager: EntityManager): StoreReads {
  const mirrors = () => manager.createQueryBuilder(MirrorEntity, 'mirror');

  return {
    ...createAuditReads(manager),
    ...backupReads(manager),
    ...outboxReads(manager),
    ...policyReads(manager),

    now: () => database.now(manager),

    mirror: (id) => mirrors().where('mirror.id = :id', { id }).getOne(),

    mirrorOfProject: (repoId) => mirrors().where('mirror.repoId = :repoId', { repoId }).getOne(),

    mirrors: (page, filter = {}) =>
      paged(narrow(mirrors().orderBy('mirror.createdAt', 'DESC').addOrderBy('mirror.id', 'DESC'), filter), page),

    dueMirrors: (at, limit) =>
      mirrors()
        .where('mirror.enabled = :enabled AND mirror.pause IS NULL', { enabled: true })
        .andWhere('mirror.activeRunId IS NULL AND mirror.nextUpdateAt <= :at', { at })
        .andWhere(`NOT EXISTS (${blocked})`)
        .orderBy('mirror.nextUpdateAt')
        .addOrderBy('mirror.id')
        .limit(limit)
        .getMany(),

    mirrorOfHook: (hookId) => mirrors().where('mirror.hookId = :hookId', { hookId }).getOne(),

    dueHooks: (at, limit) =>
      mirrors()
        .where('mirror.enabled = :enabled AND mirror.pause IS NULL AND mirror.lastError IS NULL', { enabled: true })
        .andWhere('mirror.activeRunId IS NULL AND mirror.hookDueAt <= :at', { at })
        .orderBy('mirror.hookDueAt')
        .addOrderBy('mirror.id')
        .limit(limit)
        .getMany(),

    askedAgain: (limit) =>
      mirrors()
        .where('mirror.enabled = :enabled AND mirror.pause IS NULL', { enabled: true })
        .andWhere('mirror.activeRunId IS NULL AND mirror.askedAgainAt IS NOT NULL')
        .orderBy('mirror.askedAgainAt')
        .addOrderBy('mirror.id')
        .limit(limit)
        .getMany(),

    // JSON as it is written: a quote inside a text would stand with a backslash.
    failedMirrors: (codes, limit) =>
      mirrors()
        .where('mirror.enabled = :enabled AND mirror.pause IS NULL', { enabled: true })
        .andWhere('mirror.activeRunId IS NULL')
        .andWhere(
          new Brackets((any) => {
            codes.forEach((code, at) =>
              any.orWhere(`mirror.lastError LIKE :code${at}`, { [`code${at}`]: `{"code":"${code}",%` }),
            );
          }),
        )
        .orderBy('COALESCE(mirror.lastFinishedAt, 0)')
        .addOrderBy('mirror.id')
        .limit(limit)
        .getMany(),

    unseenProjects: (before, limit) =>
      mirrors()
        .where('(mirror.projectSeenAt IS NULL OR mirror.projectSeenAt <= :before)', { before })
        .orderBy('COALESCE(mirror.projectSeenAt, 0)')
        .addOrderBy('mirror.id')
        .limit(limit)
        .getMany(),

    activeMirrors: () => mirrors().where('mirror.activeRunId IS NOT NULL').getMany(),

    ...hostReads(manager),

    run: (id) => manager.createQueryBuilder(RunEntity, 'run').where('run.id = :id', { id }).getOne(),

    runs: (mirrorId, page) =>
      paged(
        manager
          .createQueryBuilder(RunEntity, 'run')
          .where('run.mirrorId = :mirrorId', { mirrorId })
          .orderBy('run.queuedAt', 'DESC')
          .addOrderBy('run.id', 'DESC'),
        page,
      ),

    runOutcomes: async (runId, page) => {
      const outcomes = manager
        .createQueryBuilder(OutcomeEntity, 'outcome')
        .where('outcome.runId = :runId', { runId })
        .orderBy('outcome.position');
      const { items, total } = await paged(outcomes, page);
      return { items: items.map(({ runId: _runId, position: _position, ...outcome }) => outcome), total };
    },

    deliveredRefs: async (mirrorId) => {
      const rows = await manager
        .createQueryBuilder(DeliveredEntity, 'delivered')
        .select('delivered.ref', 'ref')
        .addSelect('delivered.oid', 'oid')
        .addSelect('delivered.intended', 'intended')
        .addSelect('delivered.created', 'created')
        .addSelect('delivered.gone', 'gone')
        .where('delivered.mirrorId = :mirrorId', { mirrorId })
        .getRawMany<RawDeliveredRow>();
      return new Map(
        rows.map(({ ref, oid, intended, created, gone }) => [
          ref,
          { oid, intended, created: Boolean(created), ...(gone ? { gone: true } : {}) },
        ]),
      );
    },
  };
}

async function paged<T extends ObjectLiteral>(query: SelectQueryBuilder<T>, { page, limit }: Page): Promise<Paged<T>> {
  const [items, total] = await query
    .offset((page - 1) * limit)
    .limit(limit)
    .getManyAndCount();
  return { items, total };
}
