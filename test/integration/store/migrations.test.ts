import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { postgresDataSource, sqliteDataSource } from '../../../src/adapters/store/data-sources';
import { doneMigrations } from '../../../src/adapters/store/done-migrations';
import { openStore } from '../../../src/adapters/store/open-store';
import { fault } from '../../../src/domain/errors';
import type { FaultCode } from '../../../src/domain/fault-catalogue';
import { buildMirror, buildRun } from '../../support/builders';
import { postgresBinaries, startPostgres, type TestPostgres } from '../../support/postgres';

const victim = join(__dirname, '../../support/killed-migration.ts');

const tables = [
  'backups',
  'delivered_refs',
  'hook_deliveries',
  'mirrors',
  'outbox',
  'run_outcomes',
  'runs',
  'upstream_hosts',
];

async function ours(source: DataSource): Promise<string[]> {
  const runner = source.createQueryRunner();
  const found: string[] = [];
  for (const table of tables) if (await runner.hasTable(table)) found.push(table);
  await runner.release();
  return found;
}

async function upDownUp(source: DataSource): Promise<void> {
  await source.initialize();
  try {
    await source.runMigrations();
    expect(await ours(source)).toEqual(tables);
    for (let left = source.migrations.length; left > 0; left -= 1) await source.undoLastMigration();
    expect(await ours(source)).toEqual([]);
    await source.runMigrations();
    expect(await ours(source)).toEqual(tables);
    // What a synchronisation would still change: nothing, so entities and migrations say the same.
    expect((await source.driver.createSchemaBuilder().log()).upQueries.map((query) => query.query)).toEqual([]);
  } finally {
    await source.destroy();
  }
}

/** Mirrors from the time when a pause was a yes or no. */
async function oldPauses(source: DataSource): Promise<unknown[]> {
  await source.initialize();
  try {
    await source.runMigrations();
    const insert = (id: string, repoId: number, pause: string | null, lastError: string | null) =>
      source
        .createQueryBuilder()
        .insert()
        .into('mirror')
        .values({
          ...buildMirror({ id, repoId, lastFinishedAt: pause === null ? null : 77 }),
          pause: pause === null ? null : { reason: pause, by: null, at: 1 },
          lastError: lastError === null ? null : fault(lastError as FaultCode),
        })
        .execute();
    await insert('a', 1, 'failures', 'upstream_not_found');
    await insert('b', 2, 'failures', 'upstream_host_key_changed');
    await insert('c', 3, null, null);
    const isOld = async () => (await source.query('SELECT * FROM mirrors'))[0].paused !== undefined;
    while (!(await isOld())) await source.undoLastMigration();
    await source.runMigrations();
    const rows: { pause: string | null }[] = await source.query('SELECT pause FROM mirrors ORDER BY id');
    return rows.map((row): unknown => JSON.parse(row.pause ?? 'null'));
  } finally {
    await source.destroy();
  }
}

const migratedPauses = [{ reason: 'failures', by: null, at: 77 }, { reason: 'host_key', by: null, at: 77 }, null];

async function openTogether(databaseUrl: string | null, file: string): Promise<void> {
  const stores = await Promise.all(Array.from({ length: 4 }, () => openStore({ databaseUrl, file })));
  try {
    await Promise.all(stores.map((store) => store.ping()));
    await stores[0]?.transaction((tx) => tx.insertMirror(buildMirror()));
    expect(await stores[3]?.mirror('mirror-1')).toEqual(buildMirror());
  } finally {
    for (const store of stores) await store.close();
  }
  // A later start changes nothing.
  const again = await openStore({ databaseUrl, file });
  expect(await again.mirror('mirror-1')).toEqual(buildMirror());
  // References are checked again after the migrations.
  await expect(again.transaction((tx) => tx.insertRun(buildRun({ mirrorId: 'nobody' })))).rejects.toMatchObject({
    code: 'internal',
  });
  await again.close();
}

/** A database of the version before, with a mirror in it, whose first start of this version is killed half way. */
async function killedHalfWay(databaseUrl: string | null, file: string, source: DataSource): Promise<void> {
  const before = await openStore({ databaseUrl, file });
  await before.transaction((tx) => tx.insertMirror(buildMirror()));
  await before.close();
  await source.initialize();
  try {
    for (let steps = 0; steps < 2; steps += 1) await source.undoLastMigration();
    const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), victim, databaseUrl ?? '', file]);
    const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    expect(signal).toBe('SIGKILL');
    // All or nothing: the one before the last, which had been through, is undone as well.
    expect(await source.showMigrations()).toBe(true);
    expect(await doneMigrations(source)).toHaveLength(source.migrations.length - 2);
  } finally {
    await source.destroy();
  }
  const after = await openStore({ databaseUrl, file });
  expect((await after.mirror('mirror-1'))?.id).toBe('mirror-1');
  await after.transaction((tx) => tx.saveMirror(buildMirror({ failures: 2 })));
  expect((await after.mirror('mirror-1'))?.failures).toBe(2);
  await after.close();
}

/** A database that a later version has changed, which this one does not know. */
async function refusesNewer(databaseUrl: string | null, file: string, source: DataSource): Promise<void> {
  await (await openStore({ databaseUrl, file })).close();
  await source.initialize();
  try {
    const row = { timestamp: 1_995_000_000_000, name: 'FromTheFuture1995000000000' };
    await source.query(`INSERT INTO migrations (timestamp, name) VALUES (${row.timestamp}, '${row.name}')`);
    const refusal = await openStore({ databaseUrl, file }).catch((thrown: unknown) => thrown);
    expect(refusal).toMatchObject({ code: 'database_newer', message: expect.stringContaining(row.name) });
    await source.query(`DELETE FROM migrations WHERE name = '${row.name}'`);
  } finally {
    await source.destroy();
  }
  await (await openStore({ databaseUrl, file })).close();
}

describe('migrations on SQLite', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headwater-migrations-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('go up, down and up again, and agree with the entities', () =>
    upDownUp(sqliteDataSource(join(folder, 'db.sqlite'), 'write')));

  it('give a mirror that was paused its reason', async () =>
    expect(await oldPauses(sqliteDataSource(join(folder, 'db.sqlite'), 'write'))).toEqual(migratedPauses));

  it('CRASH-07: run once when several open an empty file at the same time', () =>
    openTogether(null, join(folder, 'db.sqlite')));

  it('CRASH-07: that are killed half way leave all as it was, and the next start does them', () => {
    const file = join(folder, 'db.sqlite');
    return killedHalfWay(null, file, sqliteDataSource(file, 'write'));
  });

  it('CRASH-07: of a newer version keep an older one from starting', () => {
    const file = join(folder, 'db.sqlite');
    return refusesNewer(null, file, sqliteDataSource(file, 'write'));
  });
});

if (postgresBinaries === null) {
  it.skip('migrations on PostgreSQL (skipped: PostgreSQL is not installed on this machine)', () => undefined);
} else {
  describe('migrations on PostgreSQL', () => {
    let postgres: TestPostgres;
    beforeAll(async () => {
      postgres = await startPostgres();
    });
    afterAll(() => postgres.close());

    it('go up, down and up again, and agree with the entities', async () =>
      upDownUp(postgresDataSource(await postgres.createDatabase(), 'migrate')));

    it('give a mirror that was paused its reason', async () =>
      expect(await oldPauses(postgresDataSource(await postgres.createDatabase(), 'migrate'))).toEqual(migratedPauses));

    it('CRASH-07: run once when several open an empty database at the same time', async () =>
      openTogether(await postgres.createDatabase(), ''));

    it('CRASH-07: that are killed half way leave all as it was, and the next start does them', async () => {
      const url = await postgres.createDatabase();
      await killedHalfWay(url, '', postgresDataSource(url, 'migrate'));
    });

    it('CRASH-07: of a newer version keep an older one from starting', async () => {
      const url = await postgres.createDatabase();
      await refusesNewer(url, '', postgresDataSource(url, 'migrate'));
    });
  });
}
