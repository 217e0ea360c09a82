import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The pull requests by which a mirror offers the upstream's state of diverged branches. */
export class PullRequests1795336500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mirrors ADD COLUMN pull_requests text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mirrors DROP COLUMN pull_requests');
  }
}
