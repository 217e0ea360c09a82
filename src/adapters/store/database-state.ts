import { existsSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { secretsOf, showRemoteText } from '../../domain/redact';
import type { DatabaseFound } from '../../ports/machine';
import { postgresDataSource, sqliteDataSource } from './data-sources';
import type { StoreOptions } from './open-store';

/** Looks at a database and changes nothing in it: does it answer, and are its tables those of this version? Never raises. */
export async function databaseState({ databaseUrl, file }: Omit<StoreOptions, 'logger'>): Promise<DatabaseFound> {
  const kind = databaseUrl === null ? 'sqlite' : 'postgres';
  if (databaseUrl === null && !existsSync(file)) return { kind, state: 'none', pending: [], unknown: [], why: null };
  const source = databaseUrl === null ? sqliteDataSource(file, 'read') : postgresDataSource(databaseUrl, 'work');
  try {
    await source.initialize();
    const known = source.migrations.map(({ name, constructor }) => name ?? constructor.name);
    const done = await doneMigrations(source);
    return {
      kind,
      state: 'answers',
      pending: known.filter((name) => !done.includes(name)),
      unknown: done.filter((name) => !known.includes(name)),
      why: null,
    };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const why = showRemoteText(message, secretsOf(databaseUrl ?? ''));
    return { kind, state: 'silent', pending: [], unknown: [], why };
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

/** As TypeORM writes them down; a database without the table has none. */
async function doneMigrations(source: DataSource): Promise<string[]> {
  const runner = source.createQueryRunner();
  try {
    if (!(await runner.hasTable('migrations'))) return [];
    const rows = (await runner.query('SELECT name FROM migrations')) as { name: string }[];
    return rows.map(({ name }) => name);
  } finally {
    await runner.release();
  }
}
