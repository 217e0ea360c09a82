import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { postgresDataSource, sqliteDataSource } from '../../../src/adapters/store/data-sources';
import { openStore } from '../../../src/adapters/store/open-store';
import { fault } from '../../../src/domain/errors';
import type { FaultCode } from '../../../src/domain/fault-catalogue';
import { buildMirror, buildRun } from '../../support/builders';
import { postgresBinaries, startPostgres, type TestPostgres } from '../../support/postgres';

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

  it('run once when several open an empty file at the same time', () => openTogether(null, join(folder, 'db.sqlite')));
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

    it('run once when several open an empty database at the same time', async () =>
      openTogether(await postgres.createDatabase(), ''));
  });
}
