import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the site's admins allow; one row, which is locked where mirrors are counted. */
export class Policy1795356300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE instance_policy (id integer NOT NULL PRIMARY KEY, policy text NOT NULL)');
    await runner.query("INSERT INTO instance_policy (id, policy) VALUES (1, '{}')");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE instance_policy');
  }
}
