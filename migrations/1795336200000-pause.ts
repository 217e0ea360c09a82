import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Why a mirror is paused, by whom and since when, in place of a yes or no. */
export class Pause1795336200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mirrors ADD COLUMN pause text');
    await runner.query(
      `UPDATE mirrors SET pause = '{"reason":"'
         || CASE WHEN last_error LIKE '%"code":"upstream_host_key_%' THEN 'host_key' ELSE 'failures' END
         || '","by":null,"at":' || CAST(COALESCE(last_finished_at, created_at) AS text) || '}'
       WHERE paused`,
    );
    await runner.query('ALTER TABLE mirrors DROP COLUMN paused');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mirrors ADD COLUMN paused boolean NOT NULL DEFAULT false');
    await runner.query('UPDATE mirrors SET paused = true WHERE pause IS NOT NULL');
    await runner.query('ALTER TABLE mirrors DROP COLUMN pause');
  }
}
