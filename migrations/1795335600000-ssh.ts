import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys and host keys of mirrors with an ssh address. */
export class Ssh1795335600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mirrors ADD COLUMN ssh text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mirrors DROP COLUMN ssh');
  }
}
