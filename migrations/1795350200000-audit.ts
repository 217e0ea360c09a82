import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who changed what, and when. Entries outlive their mirror. */
export class Audit1795350200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE audit_entries (' +
        'id varchar(36) NOT NULL PRIMARY KEY, at bigint NOT NULL, who text, via varchar(40) NOT NULL, from_address text, ' +
        'action varchar(40) NOT NULL, repo_id bigint, project text, details text NOT NULL)',
    );
    await runner.query('CREATE INDEX ix_audit_entries_at ON audit_entries (at)');
    await runner.query('CREATE INDEX ix_audit_entries_repo_id_at ON audit_entries (repo_id, at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_entries');
  }
}
