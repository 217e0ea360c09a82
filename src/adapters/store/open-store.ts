import type { Logger } from '../../ports/logger';
import type { Store } from '../../ports/store';
import type { Database } from './database';
import { openPostgres } from './postgres-database';
import { openSqlite } from './sqlite-database';
import { createAuditReads } from './audit-table';
import { createSessionTable } from './session-table';
import { createStoreReads } from './store-reads';
import { createStoreWrites } from './store-writes';

export interface StoreOptions {
  /** postgresql://…; null: the SQLite file. */
  readonly databaseUrl: string | null;
  readonly file: string;
  readonly logger?: Logger;
}

/** Connects and brings the tables up to date; processes that start together do so one after the other. Raises store_unavailable, database_newer. */
export async function openStore({ databaseUrl, file, logger }: StoreOptions): Promise<Store> {
  return createStore(databaseUrl === null ? await openSqlite(file) : await openPostgres(databaseUrl, logger));
}

function createStore(database: Database): Store {
  return {
    now: () => database.read((manager) => createStoreReads(database, manager).now()),
    mirror: (id) => database.read((manager) => createStoreReads(database, manager).mirror(id)),
    mirrorOfProject: (repoId) =>
      database.read((manager) => createStoreReads(database, manager).mirrorOfProject(repoId)),
    mirrors: (page, filter) => database.read((manager) => createStoreReads(database, manager).mirrors(page, filter)),
    dueMirrors: (at, limit) => database.read((manager) => createStoreReads(database, manager).dueMirrors(at, limit)),
    mirrorOfHook: (hookId) => database.read((manager) => createStoreReads(database, manager).mirrorOfHook(hookId)),
    dueHooks: (at, limit) => database.read((manager) => createStoreReads(database, manager).dueHooks(at, limit)),
    askedAgain: (limit) => database.read((manager) => createStoreReads(database, manager).askedAgain(limit)),
    failedMirrors: (codes, limit) =>
      database.read((manager) => createStoreReads(database, manager).failedMirrors(codes, limit)),
    hostLoad: (host) => database.read((manager) => createStoreReads(database, manager).hostLoad(host)),
    waitingRuns: (host, which) =>
      database.read((manager) => createStoreReads(database, manager).waitingRuns(host, which)),
    waitingHosts: () => database.read((manager) => createStoreReads(database, manager).waitingHosts()),
    dueOutbox: (at, limit) => database.read((manager) => createStoreReads(database, manager).dueOutbox(at, limit)),
    nextOutboxAt: () => database.read((manager) => createStoreReads(database, manager).nextOutboxAt()),
    unseenProjects: (before, limit) =>
      database.read((manager) => createStoreReads(database, manager).unseenProjects(before, limit)),
    activeMirrors: () => database.read((manager) => createStoreReads(database, manager).activeMirrors()),
    run: (id) => database.read((manager) => createStoreReads(database, manager).run(id)),
    runs: (mirrorId, page) => database.read((manager) => createStoreReads(database, manager).runs(mirrorId, page)),
    runOutcomes: (runId, page) =>
      database.read((manager) => createStoreReads(database, manager).runOutcomes(runId, page)),
    backup: (id) => database.read((manager) => createStoreReads(database, manager).backup(id)),
    backupsOfRun: (runId) => database.read((manager) => createStoreReads(database, manager).backupsOfRun(runId)),
    backups: (mirrorId, page) =>
      database.read((manager) => createStoreReads(database, manager).backups(mirrorId, page)),
    policy: () => database.read((manager) => createStoreReads(database, manager).policy()),
    countMirrors: (of) => database.read((manager) => createStoreReads(database, manager).countMirrors(of)),
    deliveredRefs: (mirrorId) =>
      database.read((manager) => createStoreReads(database, manager).deliveredRefs(mirrorId)),
    transaction: (work) =>
      database.transaction((manager) =>
        work({ ...createStoreReads(database, manager), ...createStoreWrites(database, manager) }),
      ),
    auditEntries: (about, page) => database.read((manager) => createAuditReads(manager).auditEntries(about, page)),
    sessions: createSessionTable(database),
    ping: () => database.ping(),
    close: () => database.close(),
  };
}
