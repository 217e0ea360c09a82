import type { DataSource } from 'typeorm';
import { HeadwaterError } from '../../domain/errors';

/** As TypeORM writes them down; a database without the table has none. */
export async function doneMigrations(source: DataSource): Promise<string[]> {
  const runner = source.createQueryRunner();
  try {
    if (!(await runner.hasTable('migrations'))) return [];
    const rows = (await runner.query('SELECT name FROM migrations')) as { name: string }[];
    return rows.map(({ name }) => name);
  } finally {
    await runner.release();
  }
}

/** Those that this version knows, in order. */
export function knownMigrations(source: DataSource): string[] {
  return source.migrations.map(({ name, constructor }) => name ?? constructor.name);
}

/**
 * An older version would write rows that the newer one misreads, and skip what it keeps beside them (CRASH-07). Call it while
 * nobody else can migrate. Raises database_newer.
 */
export async function refuseNewer(source: DataSource): Promise<void> {
  const known = new Set(knownMigrations(source));
  const newer = (await doneMigrations(source)).filter((name) => !known.has(name));
  if (newer.length > 0) throw new HeadwaterError('database_newer', { migrations: newer.join(', ') });
}
