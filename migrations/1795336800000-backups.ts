import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The values that runs overwrote and that are kept in the forge. */
export class Backups1795336800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE backups (
        id varchar(36) NOT NULL PRIMARY KEY,
        mirror_id varchar(36) NOT NULL,
        run_id varchar(36) NOT NULL,
        ref text NOT NULL,
        oid varchar(40) NOT NULL,
        at bigint NOT NULL,
        CONSTRAINT "fk_backups_mirror_id" FOREIGN KEY ("mirror_id") REFERENCES "mirrors" ("id") ON DELETE CASCADE
      )`);
    await runner.query('CREATE INDEX ix_backups_mirror_id_at ON backups (mirror_id, at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE backups');
  }
}
