import { Table, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

type Extra = Omit<TableColumnOptions, 'name' | 'type'>;
const orNull = { isNullable: true };
const primary = { isPrimary: true };
const id = (name: string, extra: Extra = {}) => ({ name, type: 'varchar', length: '36', ...extra });
const word = (name: string, extra: Extra = {}) => ({ name, type: 'varchar', length: '40', ...extra });
const text = (name: string, extra: Extra = {}) => ({ name, type: 'text', ...extra });
const flag = (name: string) => ({ name, type: 'boolean' });
const whole = (name: string, extra: Extra = {}) => ({ name, type: 'bigint', ...extra });

const references = (name: string, columnName: string, referencedTableName: string) => ({
  name,
  columnNames: [columnName],
  referencedTableName,
  referencedColumnNames: ['id'],
  onDelete: 'CASCADE',
});

const mirrors = () =>
  new Table({
    name: 'mirrors',
    columns: [
      id('id', primary),
      whole('repo_id'),
      text('full_name'),
      text('url'),
      text('auth_user', orNull),
      text('sealed_password', orNull),
      flag('enabled'),
      word('status'),
      whole('failures'),
      flag('paused'),
      text('last_error', orNull),
      whole('last_started_at', orNull),
      whole('last_finished_at', orNull),
      whole('last_success_at', orNull),
      whole('next_update_at', orNull),
      text('last_counts', orNull),
      text('upstream_default_branch', orNull),
      text('delivered_digest', orNull),
      text('default_branch_set', orNull),
      id('active_run_id', orNull),
      text('lease', orNull),
      whole('fence'),
      whole('revision'),
      whole('created_at'),
    ],
    uniques: [{ name: 'uq_mirrors_repo_id', columnNames: ['repo_id'] }],
    indices: [{ name: 'ix_mirrors_next_update_at', columnNames: ['next_update_at'] }],
  });

const runs = () =>
  new Table({
    name: 'runs',
    columns: [
      id('id', primary),
      id('mirror_id'),
      word('cause'),
      word('status'),
      whole('queued_at'),
      whole('started_at', orNull),
      whole('finished_at', orNull),
      text('error', orNull),
      text('counts', orNull),
      whole('received_bytes'),
      whole('sent_bytes'),
    ],
    indices: [{ name: 'ix_runs_mirror_id_queued_at', columnNames: ['mirror_id', 'queued_at'] }],
    foreignKeys: [references('fk_runs_mirror_id', 'mirror_id', 'mirrors')],
  });

const runOutcomes = () =>
  new Table({
    name: 'run_outcomes',
    columns: [
      id('run_id', primary),
      { name: 'position', type: 'integer', ...primary },
      text('ref'),
      word('old_oid', orNull),
      word('new_oid', orNull),
      word('action'),
      text('reason', orNull),
    ],
    foreignKeys: [references('fk_run_outcomes_run_id', 'run_id', 'runs')],
  });

const deliveredRefs = () =>
  new Table({
    name: 'delivered_refs',
    columns: [
      id('mirror_id', primary),
      text('ref', primary),
      word('oid', orNull),
      word('intended', orNull),
      flag('created'),
    ],
    foreignKeys: [references('fk_delivered_refs_mirror_id', 'mirror_id', 'mirrors')],
  });

/** Mirrors, their runs with one row per reported ref, and what was delivered. Times are epoch ms. */
export class CreateTables1795331695260 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of [mirrors(), runs(), runOutcomes(), deliveredRefs()]) await runner.createTable(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [deliveredRefs(), runOutcomes(), runs(), mirrors()]) await runner.dropTable(table);
  }
}
