import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const columns = [
  ['hook', 'text'],
  ['hook_id', 'varchar(64)'],
  ['hook_due_at', 'bigint'],
] as const;

const deliveries = () =>
  new Table({
    name: 'hook_deliveries',
    columns: [
      { name: 'mirror_id', type: 'varchar', length: '36', isPrimary: true },
      { name: 'digest', type: 'varchar', length: '64', isPrimary: true },
      { name: 'at', type: 'bigint' },
    ],
    foreignKeys: [
      {
        name: 'fk_hook_deliveries_mirror_id',
        columnNames: ['mirror_id'],
        referencedTableName: 'mirrors',
        referencedColumnNames: ['id'],
        onDelete: 'CASCADE',
      },
    ],
  });

/** Webhooks of upstreams, and which of their deliveries are known. */
export class UpstreamHook1795336410000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name, type] of columns) await runner.query(`ALTER TABLE mirrors ADD COLUMN ${name} ${type}`);
    await runner.query('CREATE UNIQUE INDEX ux_mirrors_hook_id ON mirrors (hook_id)');
    await runner.query('CREATE INDEX ix_mirrors_hook_due_at ON mirrors (hook_due_at)');
    await runner.createTable(deliveries());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(deliveries());
    await runner.query('DROP INDEX ix_mirrors_hook_due_at');
    await runner.query('DROP INDEX ux_mirrors_hook_id');
    for (const [name] of [...columns].reverse()) await runner.query(`ALTER TABLE mirrors DROP COLUMN ${name}`);
  }
}
