import type { EntityManager } from 'typeorm';

/** What SQLite and PostgreSQL do differently. Everything raises translated errors. */
export interface Database {
  /** Sees committed data only. `work` may be run again, so it only reads. */
  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /** `work` may be run again after a conflict. */
  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /** The database's clock, epoch ms. */
  now(manager: EntityManager): Promise<number>;
  /** A row that is read for a change is locked; on SQLite the transaction has locked everything already. */
  readonly locksRows: boolean;
  ping(): Promise<void>;
  close(): Promise<void>;
}
