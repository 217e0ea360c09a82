import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const outbox = () =>
  new Table({
    name: 'outbox',
    columns: [
      { name: 'id', type: 'varchar', length: '36', isPrimary: true },
      { name: 'mirror_id', type: 'varchar', length: '36' },
      { name: 'channel', type: 'varchar', length: '40' },
      { name: 'type', type: 'varchar', length: '40' },
      { name: 'payload', type: 'text' },
      { name: 'created_at', type: 'bigint' },
      { name: 'attempts', type: 'bigint' },
      { name: 'due_at', type: 'bigint' },
    ],
    indices: [
      { name: 'ix_outbox_due_at', columnNames: ['due_at'] },
      { name: 'ix_outbox_mirror_id', columnNames: ['mirror_id'] },
    ],
    foreignKeys: [
      {
        name: 'fk_outbox_mirror_id',
        columnNames: ['mirror_id'],
        referencedTableName: 'mirrors',
        referencedColumnNames: ['id'],
        onDelete: 'CASCADE',
      },
    ],
  });

/** Whom a mirror tells of what happens to it, and what waits to be told. */
export class Notices1795336420000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mirrors ADD COLUMN notify text');
    await runner.createTable(outbox());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(outbox());
    await runner.query('ALTER TABLE mirrors DROP COLUMN notify');
  }
}
