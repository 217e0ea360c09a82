import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For whom a mirror works, and when its project was last looked at. */
export class ProjectOwner1795352300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mirrors ADD COLUMN owner_id bigint');
    await runner.query('ALTER TABLE mirrors ADD COLUMN project_seen_at bigint');
    await runner.query('CREATE INDEX ix_mirrors_project_seen_at ON mirrors (project_seen_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ix_mirrors_project_seen_at');
    await runner.query('ALTER TABLE mirrors DROP COLUMN project_seen_at');
    await runner.query('ALTER TABLE mirrors DROP COLUMN owner_id');
  }
}
