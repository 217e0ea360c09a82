import { Mutex } from 'async-mutex';
import { chmod, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DataSource } from 'typeorm';
import type { Database } from './database';
import { sqliteDataSource } from './data-sources';
import { refuseNewer } from './done-migrations';
import { toStoreError, whileBusy } from './store-errors';

/** How long to wait for another process's write lock, ms. */
const patienceMs = 5_000;

/**
 * SQLite in WAL mode, shared with other processes. TypeORM has one connection per DataSource, and two transactions on it
 * would mix: so one DataSource writes, behind a mutex, and another one reads what is committed.
 * Raises store_unavailable, disk_full, database_newer.
 */
export async function openSqlite(file: string): Promise<Database> {
  const writer = sqliteDataSource(file, 'write');
  const reader = sqliteDataSource(file, 'read');
  const line = new Mutex();

  const inTransaction = async <T>(deadline: number, work: () => Promise<T>): Promise<T> => {
    // IMMEDIATE takes the write lock at once; a lock that is only wanted half way could end in SQLITE_BUSY for good.
    await whileBusy(deadline, () => writer.query('BEGIN IMMEDIATE'));
    try {
      const result = await work();
      await whileBusy(deadline, () => writer.query('COMMIT'));
      return result;
    } catch (thrown) {
      // SQLite has rolled back by itself after some errors, a full disk for one.
      await writer.query('ROLLBACK').catch(() => undefined);
      throw thrown;
    }
  };

  try {
    await createPrivateFile(file);
    await writer.initialize();
    await migrate(writer, (work) => inTransaction(performance.now() + patienceMs, work));
    await reader.initialize();
  } catch (thrown) {
    if (writer.isInitialized) await writer.destroy();
    throw toStoreError(thrown);
  }

  const read: Database['read'] = async (work) => {
    try {
      return await whileBusy(performance.now() + patienceMs, () => work(reader.manager));
    } catch (thrown) {
      throw toStoreError(thrown);
    }
  };

  return {
    read,
    transaction: async (work) => {
      // Counted from here: those who waited in line behind one that waited in vain don't wait as long again.
      const deadline = performance.now() + patienceMs;
      try {
        return await line.runExclusive(() => inTransaction(deadline, () => work(writer.manager)));
      } catch (thrown) {
        throw toStoreError(thrown);
      }
    },
    // SQLite has no clock but that of its machine, which is this one.
    now: () => Promise.resolve(Date.now()),
    locksRows: false,
    ping: () => read(async (manager) => void (await manager.query('SELECT 1 FROM mirrors LIMIT 1'))),
    close: () =>
      line.runExclusive(async () => {
        if (reader.isInitialized) await reader.destroy();
        if (writer.isInitialized) await writer.destroy();
      }),
  };
}

/** It holds sealed secrets and private addresses; SQLite gives its side files the same mode. */
async function createPrivateFile(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await (await open(file, 'a', 0o600)).close();
  await chmod(file, 0o600);
}

/** One process at a time, all or nothing. */
async function migrate(writer: DataSource, inTransaction: (work: () => Promise<void>) => Promise<void>): Promise<void> {
  // A table that a migration rebuilds is dropped first, which must not take the rows that refer to it along. The switch
  // has no effect inside a transaction.
  await writer.query('PRAGMA foreign_keys = OFF');
  await inTransaction(async () => {
    await refuseNewer(writer);
    await writer.runMigrations({ transaction: 'none' });
  });
  await writer.query('PRAGMA foreign_keys = ON');
}
