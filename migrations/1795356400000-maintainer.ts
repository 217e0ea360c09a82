import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who answers for a mirror, and whether its project was private when it was last seen. */
export class Maintainer1795356400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mirrors ADD COLUMN maintainer text');
    await runner.query('ALTER TABLE mirrors ADD COLUMN maintainer_id bigint');
    await runner.query('ALTER TABLE mirrors ADD COLUMN visibility text');
    await runner.query('CREATE INDEX ix_mirrors_owner_id ON mirrors (owner_id)');
    await runner.query('CREATE INDEX ix_mirrors_maintainer_id ON mirrors (maintainer_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ix_mirrors_maintainer_id');
    await runner.query('DROP INDEX ix_mirrors_owner_id');
    await runner.query('ALTER TABLE mirrors DROP COLUMN visibility');
    await runner.query('ALTER TABLE mirrors DROP COLUMN maintainer_id');
    await runner.query('ALTER TABLE mirrors DROP COLUMN maintainer');
  }
}
