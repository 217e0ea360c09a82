import { existsSync } from 'node:fs';
import { secretsOf, showRemoteText } from '../../domain/redact';
import type { DatabaseFound } from '../../ports/machine';
import { postgresDataSource, sqliteDataSource } from './data-sources';
import { doneMigrations, knownMigrations } from './done-migrations';
import type { StoreOptions } from './open-store';

/** Looks at a database and changes nothing in it: does it answer, and are its tables those of this version? Never raises. */
export async function databaseState({ databaseUrl, file }: Omit<StoreOptions, 'logger'>): Promise<DatabaseFound> {
  const kind = databaseUrl === null ? 'sqlite' : 'postgres';
  if (databaseUrl === null && !existsSync(file)) return { kind, state: 'none', pending: [], unknown: [], why: null };
  const source = databaseUrl === null ? sqliteDataSource(file, 'read') : postgresDataSource(databaseUrl, 'work');
  try {
    await source.initialize();
    const known = knownMigrations(source);
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
