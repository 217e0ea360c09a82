import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions of people who signed in through the forge. */
export class Sessions1795350100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE sessions (id varchar(64) NOT NULL PRIMARY KEY, sealed text NOT NULL, expires_at bigint NOT NULL)',
    );
    await runner.query('CREATE INDEX ix_sessions_expires_at ON sessions (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sessions');
  }
}
