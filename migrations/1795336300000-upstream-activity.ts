import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the upstream last listed, and when that last changed. */
export class UpstreamActivity1795336300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mirrors ADD COLUMN upstream_activity text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mirrors DROP COLUMN upstream_activity');
  }
}
