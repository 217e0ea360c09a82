import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager, QueryRunner } from 'typeorm';
import { HeadwaterError } from '../../domain/errors';
import type { Logger } from '../../ports/logger';
import type { Database } from './database';
import { postgresDataSource } from './data-sources';
import { refuseNewer } from './done-migrations';
import { storeTrouble, toStoreError } from './store-errors';

const maxTries = 5;
const pingTimeoutMs = 4_000;
/** An arbitrary number that only Headwater's migrations use. */
const migrationLock = 7_241_802_331;

/** PostgreSQL; the pool heals by itself after an outage. Raises store_unavailable, database_newer. */
export async function openPostgres(url: string, logger?: Logger): Promise<Database> {
  const source = postgresDataSource(url, 'work', logger);

  const withRunner = async <T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> => {
    const runner = source.createQueryRunner();
    try {
      return await work(runner);
    } catch (thrown) {
      if (storeTrouble(thrown) === 'lost') await discardConnection(runner);
      throw toStoreError(thrown);
    } finally {
      await runner.release();
    }
  };

  const once = async <T>(work: (manager: EntityManager) => Promise<T>): Promise<T | Conflict> =>
    withRunner(async (runner) => {
      try {
        await runner.startTransaction();
        const result = await work(runner.manager);
        await runner.commitTransaction();
        return result;
      } catch (thrown) {
        if (storeTrouble(thrown) === 'lost') await discardConnection(runner);
        else await rollBack(runner);
        if (storeTrouble(thrown) === 'conflict') return new Conflict(thrown);
        throw thrown;
      }
    });

  const transaction: Database['transaction'] = async (work) => {
    for (let tries = 1; ; tries += 1) {
      const result = await once(work);
      if (!(result instanceof Conflict)) return result;
      if (tries >= maxTries) throw toStoreError(result.thrown);
      await sleep(Math.random() * 20 * tries);
    }
  };

  try {
    await migrate(url, logger);
    await source.initialize();
  } catch (thrown) {
    throw toStoreError(thrown);
  }

  return {
    read: (work) => withRunner((runner) => work(runner.manager)),
    transaction,
    now: async (manager) => {
      const rows = await manager.query<{ ms: string }[]>(
        'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms',
      );
      return Number(rows[0]?.ms);
    },
    locksRows: true,
    ping: () =>
      inTime(
        withRunner(async (runner) => void (await runner.query('SELECT 1 FROM mirrors LIMIT 1'))),
        pingTimeoutMs,
      ),
    close: async () => {
      if (source.isInitialized) await source.destroy();
    },
  };
}

/** An outcome, so that the connection is back in the pool before the next try. */
class Conflict {
  constructor(readonly thrown: unknown) {}
}

/** On connections of its own without time limits; the advisory lock lets one process migrate at a time. */
async function migrate(url: string, logger: Logger | undefined): Promise<void> {
  const source = postgresDataSource(url, 'migrate', logger);
  await source.initialize();
  const runner = source.createQueryRunner();
  try {
    await runner.query(`SELECT pg_advisory_lock(${migrationLock})`);
    await refuseNewer(source);
    await source.runMigrations({ transaction: 'all' });
  } finally {
    // Ends the session, and the lock with it.
    await runner.release();
    await source.destroy();
  }
}

async function rollBack(runner: QueryRunner): Promise<void> {
  if (!runner.isTransactionActive) return;
  try {
    await runner.rollbackTransaction();
  } catch {
    await discardConnection(runner);
  }
}

/** A connection that stopped answering must not go back to the pool. TypeORM drops one that reports an error. */
async function discardConnection(runner: QueryRunner): Promise<void> {
  if (runner.isReleased) return;
  try {
    const connection = (await runner.connect()) as NodeJS.EventEmitter;
    connection.emit('error', new Error('The connection stopped answering'));
  } catch {
    // It never got one.
  }
}

/** A frozen server keeps its connections open and says nothing. */
async function inTime(work: Promise<void>, ms: number): Promise<void> {
  const late = new AbortController();
  const timeout = sleep(ms, undefined, { signal: late.signal }).then(() => {
    throw new HeadwaterError('store_unavailable');
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    late.abort();
    timeout.catch(() => undefined);
    work.catch(() => undefined);
  }
}
