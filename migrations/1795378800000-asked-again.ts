import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when somebody waits for one more update than the one that was under way. */
export class AskedAgain1795378800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mirrors ADD COLUMN asked_again_at bigint');
    await runner.query('CREATE INDEX ix_mirrors_asked_again_at ON mirrors (asked_again_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ix_mirrors_asked_again_at');
    await runner.query('ALTER TABLE mirrors DROP COLUMN asked_again_at');
  }
}
