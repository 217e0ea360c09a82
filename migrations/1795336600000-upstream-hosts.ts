import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const hosts = () =>
  new Table({
    name: 'upstream_hosts',
    columns: [
      { name: 'host', type: 'varchar', length: '300', isPrimary: true },
      { name: 'blocked_until', type: 'bigint', isNullable: true },
    ],
  });

/** What the mirrors of one host share, and which mirrors are slow. */
export class UpstreamHosts1795336600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(hosts());
    await runner.query('ALTER TABLE mirrors ADD COLUMN upstream_host varchar(300)');
    await runner.query('ALTER TABLE mirrors ADD COLUMN slow boolean');
    await runner.query('CREATE INDEX ix_mirrors_upstream_host ON mirrors (upstream_host, status)');
    const mirrors = (await runner.query('SELECT id, url FROM mirrors')) as { id: string; url: string }[];
    // Ids and host names have no character that could end the text.
    for (const { id, url } of mirrors)
      await runner.query(`UPDATE mirrors SET upstream_host = '${hostOf(url)}', slow = false WHERE id = '${id}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ix_mirrors_upstream_host');
    await runner.query('ALTER TABLE mirrors DROP COLUMN slow');
    await runner.query('ALTER TABLE mirrors DROP COLUMN upstream_host');
    await runner.dropTable(hosts());
  }
}

function hostOf(url: string): string {
  const host = /^[a-z]+:\/\/(?:[^@/]*@)?([A-Za-z0-9.:[\]_-]*)/.exec(url)?.[1] ?? '';
  return url.startsWith('ssh:') ? host.replace(/:22$/, '') : host;
}
