import { EntitySchema, type EntityManager } from 'typeorm';
import { openPolicy, type Policy } from '../../domain/policy';
import type { StoreReads, StoreTransaction } from '../../ports/store';
import type { Database } from './database';

interface PolicyRow {
  readonly id: number;
  /** What was never said, or is new, is as in an open policy. */
  readonly policy: Partial<Policy>;
}

/** The migration made its only row. */
const only = 1;

export const PolicyEntity = new EntitySchema<PolicyRow>({
  name: 'instance_policy',
  tableName: 'instance_policy',
  columns: {
    id: { name: 'id', type: 'integer', primary: true },
    policy: { name: 'policy', type: 'simple-json' },
  },
});

export function policyReads(manager: EntityManager): Pick<StoreReads, 'policy' | 'countMirrors'> {
  return {
    policy: async () => read(await rows(manager).getOne()),
    countMirrors: (of) => {
      const mirrors = manager.createQueryBuilder('mirror', 'mirror');
      return 'ownerId' in of
        ? mirrors.where('mirror.ownerId = :ownerId', of).getCount()
        : mirrors.where('mirror.maintainerId = :maintainerId', of).getCount();
    },
  };
}

export function policyWrites(
  { locksRows }: Pick<Database, 'locksRows'>,
  manager: EntityManager,
): Pick<StoreTransaction, 'lockPolicy' | 'savePolicy'> {
  return {
    lockPolicy: async () => {
      const query = rows(manager);
      return read(await (locksRows ? query.setLock('pessimistic_write') : query).getOne());
    },
    savePolicy: async (policy) => {
      await manager.createQueryBuilder().update(PolicyEntity).set({ policy }).where('id = :only', { only }).execute();
    },
  };
}

function rows(manager: EntityManager) {
  return manager.createQueryBuilder(PolicyEntity, 'row').where('row.id = :only', { only });
}

function read(row: PolicyRow | null): Policy {
  const { defaults, ...said } = row?.policy ?? {};
  return { ...openPolicy, ...said, defaults: { ...openPolicy.defaults, ...defaults } };
}
