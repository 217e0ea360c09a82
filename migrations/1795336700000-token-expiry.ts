import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the stored token of a mirror ends. */
export class TokenExpiry1795336700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mirrors ADD COLUMN token_expires_at bigint');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mirrors DROP COLUMN token_expires_at');
  }
}
