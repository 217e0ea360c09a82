import type { EntityManager } from 'typeorm';
import { automaticCauses } from '../../domain/cause';
import type { StoreReads } from '../../ports/store';
import { HostEntity, MirrorEntity, RunEntity } from './entities';

/** What the mirrors of one host have in common. */
export function hostReads(manager: EntityManager): Pick<StoreReads, 'hostLoad' | 'waitingRuns' | 'waitingHosts'> {
  const started = () =>
    manager.createQueryBuilder(MirrorEntity, 'mirror').where('mirror.status = :started', { started: 'started' });
  const waiting = () =>
    manager
      .createQueryBuilder(RunEntity, 'run')
      .innerJoin('mirror', 'mirror', 'mirror.activeRunId = run.id')
      .where('run.status = :queued', { queued: 'queued' });

  return {
    hostLoad: async (host) => {
      const running = await started().andWhere('mirror.upstreamHost = :host', { host }).getCount();
      const slowRunning = await started().andWhere('mirror.slow = :slow', { slow: true }).getCount();
      const row = await manager.createQueryBuilder(HostEntity, 'host').where('host.host = :host', { host }).getOne();
      return { running, slowRunning, blockedUntil: row?.blockedUntil ?? null };
    },

    waitingRuns: (host, { limit, withSlow }) => {
      const query = waiting().andWhere('mirror.upstreamHost = :host', { host });
      if (!withSlow) query.andWhere('mirror.slow = :slow', { slow: false });
      return query
        .addSelect('CASE WHEN run.cause IN (:...automatic) THEN 1 ELSE 0 END', 'turn')
        .setParameter('automatic', automaticCauses)
        .orderBy('turn')
        .addOrderBy('mirror.slow')
        .addOrderBy('run.queuedAt')
        .addOrderBy('run.id')
        .limit(limit)
        .getMany();
    },

    waitingHosts: async () => {
      const rows = await waiting()
        .select('mirror.upstreamHost', 'host')
        .distinct(true)
        .orderBy('mirror.upstreamHost')
        .getRawMany<{ host: string }>();
      return rows.map(({ host }) => host);
    },
  };
}
