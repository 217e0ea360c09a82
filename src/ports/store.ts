import type { Backup } from '../domain/backup';
import type { FaultCode } from '../domain/fault-catalogue';
import type { RefName } from '../domain/git-ref';
import type { HostLoad } from '../domain/host-budget';
import type { Mirror, UpdateStatus } from '../domain/mirror';
import type { OutboxEntry } from '../domain/owner-notice';
import type { Policy } from '../domain/policy';
import type { DeliveredRef } from '../domain/ref-plan';
import type { RefOutcome, Run } from '../domain/run';
import type { SyncState } from '../domain/sync-state';
import type { Page, Paged } from './paged';
import type { AuditReads, AuditWrites } from './audit-log';
import type { Sessions } from './sessions';

/** What is left out does not matter. */
export interface MirrorFilter {
  readonly status?: UpdateStatus | undefined;
  readonly paused?: boolean | undefined;
  readonly syncState?: SyncState | undefined;
  /** As domain/host-budget names it. */
  readonly host?: string | undefined;
  /** Of the project when it was last seen, in whatever case. */
  readonly owner?: string | undefined;
}

export interface WaitingQuery {
  readonly limit: number;
  /** Whether slow mirrors are among them. */
  readonly withSlow: boolean;
}

export type MirrorCount = { readonly ownerId: number } | { readonly maintainerId: number };

export interface StoreReads extends AuditReads {
  /** The database's clock, epoch ms: the only clock that leases and schedules go by. */
  now(): Promise<number>;
  mirror(id: string): Promise<Mirror | null>;
  mirrorOfProject(repoId: number): Promise<Mirror | null>;
  mirrors(page: Page, filter?: MirrorFilter): Promise<Paged<Mirror>>;
  /** The mirror whose upstream calls this webhook. */
  mirrorOfHook(hookId: string): Promise<Mirror | null>;
  /** Enabled, not paused, not failing, nothing active, and a delivery waits since `at` or longer; oldest first. */
  dueHooks(at: number, limit: number): Promise<Mirror[]>;
  /** Enabled, not paused, nothing active, and somebody waits for one more update; the longest waiting first. */
  askedAgain(limit: number): Promise<Mirror[]>;
  /** Enabled, not paused, nothing active, nextUpdateAt <= at, its host not blocked; oldest first. */
  dueMirrors(at: number, limit: number): Promise<Mirror[]>;
  /** Enabled, not paused, nothing active, and the last run failed with one of these; the longest ago first. */
  failedMirrors(codes: readonly FaultCode[], limit: number): Promise<Mirror[]>;
  /** What waits to be told and whose time has come; oldest first. */
  dueOutbox(at: number, limit: number): Promise<OutboxEntry[]>;
  /** When the next of them is due; null: none waits. */
  nextOutboxAt(): Promise<number | null>;
  /** Those whose project nobody looked at since `before`, paused or not; the longest unseen first. */
  unseenProjects(before: number, limit: number): Promise<Mirror[]>;
  /** Those with a run that is queued or running. */
  activeMirrors(): Promise<Mirror[]>;
  /** What runs on a host (domain/host-budget). */
  hostLoad(host: string): Promise<HostLoad>;
  /** Queued runs of a host: whom a person waits for first, then those of mirrors that are not slow, then by age. */
  waitingRuns(host: string, which: WaitingQuery): Promise<Run[]>;
  /** Hosts that have queued runs. */
  waitingHosts(): Promise<string[]>;
  run(id: string): Promise<Run | null>;
  runs(mirrorId: string, page: Page): Promise<Paged<Run>>;
  runOutcomes(runId: string, page: Page): Promise<Paged<RefOutcome>>;
  backup(id: string): Promise<Backup | null>;
  backupsOfRun(runId: string): Promise<Backup[]>;
  /** Values that runs of the mirror overwrote. */
  backups(mirrorId: string, page: Page): Promise<Paged<Backup>>;
  /** What the site's admins allow, as it is at this moment. */
  policy(): Promise<Policy>;
  /** How many mirrors there are in the projects of an owner, or that were set up by a user; by the forge's number. */
  countMirrors(of: MirrorCount): Promise<number>;
  /** What Headwater pushed, by ref. */
  deliveredRefs(mirrorId: string): Promise<ReadonlyMap<RefName, DeliveredRef>>;
}

export interface StoreTransaction extends StoreReads, AuditWrites {
  /** Reads a mirror and keeps others from changing it until the transaction ends. */
  lockMirror(id: string): Promise<Mirror | null>;
  /** Reads the policy and keeps others from changing it, and from counting mirrors by it, until the transaction ends. */
  lockPolicy(): Promise<Policy>;
  savePolicy(policy: Policy): Promise<void>;
  /** Keeps others from taking a run of this host until the transaction ends. Lock the mirror first. */
  lockHost(host: string): Promise<void>;
  /** The host wants to be left alone until then, epoch ms; a later time stays. */
  blockHost(host: string, until: number): Promise<void>;
  insertMirror(mirror: Mirror): Promise<void>;
  saveMirror(mirror: Mirror): Promise<void>;
  /** The same for a mirror of which nothing changed but how its secrets are sealed, so that there is nothing to tell of. */
  saveResealed(mirror: Mirror): Promise<void>;
  /** With its runs, outcomes, delivered refs and what is known of backups. */
  deleteMirror(id: string): Promise<void>;
  insertRun(run: Run): Promise<void>;
  saveRun(run: Run): Promise<void>;
  insertRunOutcomes(runId: string, outcomes: readonly RefOutcome[]): Promise<void>;
  /** Keeps a delivery's digest for at least `keepMs`. Answers false if it was known. */
  noteDelivery(mirrorId: string, digest: string, at: number, keepMs: number): Promise<boolean>;
  insertBackups(backups: readonly Backup[]): Promise<void>;
  deleteBackups(ids: readonly string[]): Promise<void>;
  insertOutbox(entries: readonly OutboxEntry[]): Promise<void>;
  /** Makes an entry due at `until` unless it changed or went meanwhile; answers whether it did. */
  claimOutbox(entry: Pick<OutboxEntry, 'id' | 'dueAt'>, until: number): Promise<boolean>;
  /** Does nothing if it went meanwhile. */
  saveOutbox(entry: OutboxEntry): Promise<void>;
  deleteOutbox(id: string): Promise<void>;
  putDeliveredRefs(mirrorId: string, refs: ReadonlyMap<RefName, DeliveredRef>): Promise<void>;
}

/**
 * The database, the only truth. Redis, caches and child processes may vanish at any moment.
 * Everything here raises store_unavailable when the database does not answer or stays locked.
 */
export interface Store extends StoreReads {
  /**
   * All or nothing. `work` touches nothing but `tx` and is quick: it may be run again after a conflict, and on SQLite all
   * transactions of a process stand in one line.
   */
  transaction<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T>;
  readonly sessions: Sessions;
  /** Answers; for readiness. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
