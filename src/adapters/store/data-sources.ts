import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { Backups1795336800000 } from '../../../migrations/1795336800000-backups';
import { CreateTables1795331695260 } from '../../../migrations/1795331695260-create-tables';
import { WhatIsMirrored1795335500000 } from '../../../migrations/1795335500000-what-is-mirrored';
import { Pause1795336200000 } from '../../../migrations/1795336200000-pause';
import { Maintainer1795356400000 } from '../../../migrations/1795356400000-maintainer';
import { Policy1795356300000 } from '../../../migrations/1795356300000-policy';
import { PullRequests1795336500000 } from '../../../migrations/1795336500000-pull-requests';
import { UpstreamActivity1795336300000 } from '../../../migrations/1795336300000-upstream-activity';
import { Ssh1795335600000 } from '../../../migrations/1795335600000-ssh';
import { ProjectOwner1795352300000 } from '../../../migrations/1795352300000-project-owner';
import { Sessions1795350100000 } from '../../../migrations/1795350100000-sessions';
import { UpstreamHook1795336410000 } from '../../../migrations/1795336410000-upstream-hook';
import { Audit1795350200000 } from '../../../migrations/1795350200000-audit';
import { UpstreamHosts1795336600000 } from '../../../migrations/1795336600000-upstream-hosts';
import { Notices1795336420000 } from '../../../migrations/1795336420000-notices';
import { AskedAgain1795378800000 } from '../../../migrations/1795378800000-asked-again';
import { TokenExpiry1795336700000 } from '../../../migrations/1795336700000-token-expiry';
import type { Logger } from '../../ports/logger';
import { entities } from './entities';
import { storeTrouble } from './store-errors';

const migrations = [
  CreateTables1795331695260,
  WhatIsMirrored1795335500000,
  Ssh1795335600000,
  Pause1795336200000,
  PullRequests1795336500000,
  UpstreamActivity1795336300000,
  Backups1795336800000,
  Sessions1795350100000,
  UpstreamHook1795336410000,
  Audit1795350200000,
  UpstreamHosts1795336600000,
  Notices1795336420000,
  TokenExpiry1795336700000,
  ProjectOwner1795352300000,
  Policy1795356300000,
  Maintainer1795356400000,
  AskedAgain1795378800000,
];
const common = { entities, migrations, logging: false, synchronize: false, migrationsTransactionMode: 'none' } as const;

interface SqliteConnection {
  pragma(text: string): unknown;
}

/** SQLite for one process's writes, with durable commits; or for its reads. */
export function sqliteDataSource(file: string, use: 'write' | 'read'): DataSource {
  return new DataSource({
    ...common,
    type: 'better-sqlite3',
    database: file,
    readonly: use === 'read',
    fileMustExist: use === 'read',
    // The driver waits for a lock in the foreground and stops the whole process meanwhile: wait briefly there, and long
    // only between tries (store-errors, whileBusy).
    timeout: 100,
    prepareDatabase: use === 'read' ? undefined : prepareForWriting,
  });
}

async function prepareForWriting(connection: SqliteConnection): Promise<void> {
  // Two processes that open a new file at once: the change to WAL needs the file for itself and does not wait for it.
  for (let tries = 0; ; tries += 1) {
    try {
      connection.pragma('journal_mode = WAL');
      break;
    } catch (thrown) {
      if (storeTrouble(thrown) !== 'busy' || tries >= 100) throw thrown;
      await sleep(50);
    }
  }
  // Without it, a power cut may undo the latest commits.
  connection.pragma('synchronous = FULL');
}

/** Time limits in ms. All are below what a person waits for; only a migration may take long. */
const usual = { connectionTimeoutMillis: 4_000, lock_timeout: 4_000, statement_timeout: 15_000, query_timeout: 20_000 };
const patient = { connectionTimeoutMillis: 4_000, lock_timeout: 60_000 };

export function postgresDataSource(url: string, use: 'work' | 'migrate', logger?: Logger): DataSource {
  return new DataSource({
    ...common,
    type: 'postgres',
    url,
    applicationName: 'headwater',
    poolSize: use === 'work' ? 10 : 2,
    // An idle connection that breaks is replaced at its next use; unhandled, it would end the process.
    poolErrorHandler: (error: unknown) =>
      logger?.warn({ why: error instanceof Error ? error.message : 'unknown' }, 'A database connection was lost'),
    extra: {
      ...(use === 'work' ? usual : patient),
      // A process that is stopped inside a transaction must not hold its locks for ever.
      idle_in_transaction_session_timeout: 60_000,
      keepAlive: true,
      // On its way from the pool to TypeORM a connection has no listener, and its end would be the process's.
      onConnect: (connection: NodeJS.EventEmitter) => void connection.on('error', () => undefined),
    },
  });
}
