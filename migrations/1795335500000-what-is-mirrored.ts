import type { MigrationInterface, QueryRunner } from 'typeorm';

const columns = [
  ['mirrors', 'options', 'text'],
  ['mirrors', 'held', 'text'],
  ['mirrors', 'proof', 'text'],
  ['delivered_refs', 'gone', 'boolean'],
] as const;

/** What a mirror is told to mirror, what its guards hold back, what its last run proved, and which refs the upstream lost. */
export class WhatIsMirrored1795335500000 implements MigrationInterface {
  // Plain statements: TypeORM would make SQLite's tables anew, and their rows would take those of other tables along.
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, name, type] of columns) await runner.query(`ALTER TABLE ${table} ADD COLUMN ${name} ${type}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, name] of [...columns].reverse()) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`);
  }
}
