import { Mutex } from 'async-mutex';
import type { AuditEntry } from '../../src/domain/audit';
import type { Backup } from '../../src/domain/backup';
import { HeadwaterError } from '../../src/domain/errors';
import type { FaultCode } from '../../src/domain/fault-catalogue';
import type { RefName } from '../../src/domain/git-ref';
import { budgetHost, isSlow, type HostLoad } from '../../src/domain/host-budget';
import { isAutomatic } from '../../src/domain/cause';
import { isDue, type Mirror } from '../../src/domain/mirror';
import { openPolicy, type Policy } from '../../src/domain/policy';
import type { Page, Paged } from '../../src/ports/paged';
import type { OutboxEntry } from '../../src/domain/owner-notice';
import type { DeliveredRef } from '../../src/domain/ref-plan';
import type { RefOutcome, Run } from '../../src/domain/run';
import type {
  MirrorCount,
  MirrorFilter,
  Store,
  StoreReads,
  StoreTransaction,
  WaitingQuery,
} from '../../src/ports/store';
import { syncStateOf } from '../../src/domain/sync-state';
import { FixedClock } from './fixed-clock';
import { MemorySessions } from './memory-sessions';

interface Tables {
  readonly mirrors: Map<string, Mirror>;
  readonly runs: Map<string, Run>;
  readonly outcomes: Map<string, readonly RefOutcome[]>;
  readonly delivered: Map<string, ReadonlyMap<RefName, DeliveredRef>>;
  readonly outbox: Map<string, OutboxEntry>;
  /** Digests with their times, by mirror. */
  readonly deliveries: Map<string, ReadonlyMap<string, number>>;
  readonly audit: AuditEntry[];
  readonly backups: Map<string, Backup>;
  /** Until when each is blocked. */
  readonly hosts: Map<string, number>;
  policy: Policy;
}

const keptRuns = 100;

/** The store in memory. `clock` is the database's clock; set `down` to make everything raise store_unavailable. */
export class MemoryStore implements Store {
  down = false;
  readonly clock: { now(): number };
  readonly sessions = new MemorySessions();
  readonly #line = new Mutex();
  #tables: Tables = {
    mirrors: new Map(),
    runs: new Map(),
    outcomes: new Map(),
    delivered: new Map(),
    deliveries: new Map(),
    audit: [],
    backups: new Map(),
    hosts: new Map(),
    outbox: new Map(),
    policy: openPolicy,
  };

  constructor(clock: { now(): number } = new FixedClock()) {
    this.clock = clock;
  }

  now = (): Promise<number> => this.#reads().now();
  auditEntries = (about: { readonly repoId?: number }, page: Page): Promise<Paged<AuditEntry>> =>
    this.#reads().auditEntries(about, page);
  mirror = (id: string): Promise<Mirror | null> => this.#reads().mirror(id);
  mirrorOfProject = (repoId: number): Promise<Mirror | null> => this.#reads().mirrorOfProject(repoId);
  mirrors = (page: Page, filter?: MirrorFilter): Promise<Paged<Mirror>> => this.#reads().mirrors(page, filter);
  dueMirrors = (passAt: number, limit: number): Promise<Mirror[]> => this.#reads().dueMirrors(passAt, limit);
  failedMirrors = (codes: readonly FaultCode[], limit: number): Promise<Mirror[]> =>
    this.#reads().failedMirrors(codes, limit);
  mirrorOfHook = (hookId: string): Promise<Mirror | null> => this.#reads().mirrorOfHook(hookId);
  dueHooks = (at: number, limit: number): Promise<Mirror[]> => this.#reads().dueHooks(at, limit);
  askedAgain = (limit: number): Promise<Mirror[]> => this.#reads().askedAgain(limit);
  hostLoad = (host: string): Promise<HostLoad> => this.#reads().hostLoad(host);
  waitingRuns = (host: string, which: WaitingQuery): Promise<Run[]> => this.#reads().waitingRuns(host, which);
  waitingHosts = (): Promise<string[]> => this.#reads().waitingHosts();
  dueOutbox = (at: number, limit: number): Promise<OutboxEntry[]> => this.#reads().dueOutbox(at, limit);
  nextOutboxAt = (): Promise<number | null> => this.#reads().nextOutboxAt();
  unseenProjects = (before: number, limit: number): Promise<Mirror[]> => this.#reads().unseenProjects(before, limit);
  activeMirrors = (): Promise<Mirror[]> => this.#reads().activeMirrors();
  run = (id: string): Promise<Run | null> => this.#reads().run(id);
  runs = (mirrorId: string, page: Page): Promise<Paged<Run>> => this.#reads().runs(mirrorId, page);
  runOutcomes = (runId: string, page: Page): Promise<Paged<RefOutcome>> => this.#reads().runOutcomes(runId, page);
  backup = (id: string): Promise<Backup | null> => this.#reads().backup(id);
  backupsOfRun = (runId: string): Promise<Backup[]> => this.#reads().backupsOfRun(runId);
  backups = (mirrorId: string, page: Page): Promise<Paged<Backup>> => this.#reads().backups(mirrorId, page);
  policy = (): Promise<Policy> => this.#reads().policy();
  countMirrors = (of: MirrorCount): Promise<number> => this.#reads().countMirrors(of);
  deliveredRefs = (mirrorId: string): Promise<ReadonlyMap<RefName, DeliveredRef>> =>
    this.#reads().deliveredRefs(mirrorId);

  transaction<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    return this.#line.runExclusive(async () => {
      const assertUp = () => this.#assertUp();
      assertUp();
      const copy: Tables = {
        mirrors: new Map(this.#tables.mirrors),
        runs: new Map(this.#tables.runs),
        outcomes: new Map(this.#tables.outcomes),
        delivered: new Map(this.#tables.delivered),
        deliveries: new Map(this.#tables.deliveries),
        audit: [...this.#tables.audit],
        backups: new Map(this.#tables.backups),
        hosts: new Map(this.#tables.hosts),
        outbox: new Map(this.#tables.outbox),
        policy: this.#tables.policy,
      };
      const result = await work({ ...readsOf(() => copy, this.clock, assertUp), ...writesOf(copy, assertUp) });
      assertUp();
      this.#tables = copy;
      return result;
    });
  }

  async ping(): Promise<void> {
    this.#assertUp();
  }

  async close(): Promise<void> {
    await this.#line.waitForUnlock();
  }

  #reads(): StoreReads {
    return readsOf(
      () => this.#tables,
      this.clock,
      () => this.#assertUp(),
    );
  }

  #assertUp(): void {
    if (this.down) throw new HeadwaterError('store_unavailable');
  }
}

function readsOf(current: () => Tables, clock: { now(): number }, assertUp: () => void): StoreReads {
  const tables = (): Tables => {
    assertUp();
    return current();
  };
  return {
    now: async () => {
      assertUp();
      return clock.now();
    },
    auditEntries: async ({ repoId }, page) =>
      slice(
        newestFirst(
          tables().audit.filter((entry) => repoId === undefined || entry.repoId === repoId),
          (entry) => entry.at,
        ),
        page,
      ),
    mirror: async (id) => tables().mirrors.get(id) ?? null,
    mirrorOfProject: async (repoId) =>
      [...tables().mirrors.values()].find((mirror) => mirror.repoId === repoId) ?? null,
    mirrors: async (page, filter = {}) =>
      slice(
        newestFirst(
          [...tables().mirrors.values()].filter((mirror) => fits(mirror, filter)),
          (mirror) => mirror.createdAt,
        ),
        page,
      ),
    dueMirrors: async (at, limit) =>
      [...tables().mirrors.values()]
        .filter((mirror) => isDue(mirror, at))
        .filter((mirror) => (tables().hosts.get(budgetHost(mirror.url)) ?? 0) <= at)
        .sort((a, b) => (a.nextUpdateAt ?? 0) - (b.nextUpdateAt ?? 0) || compareText(a.id, b.id))
        .slice(0, limit),
    failedMirrors: async (codes, limit) =>
      [...tables().mirrors.values()]
        .filter(({ enabled, pause, activeRunId }) => enabled && pause === null && activeRunId === null)
        .filter(({ lastError }) => lastError !== null && codes.includes(lastError.code))
        .sort((a, b) => (a.lastFinishedAt ?? 0) - (b.lastFinishedAt ?? 0) || compareText(a.id, b.id))
        .slice(0, limit),
    mirrorOfHook: async (hookId) => [...tables().mirrors.values()].find(({ hook }) => hook?.id === hookId) ?? null,
    dueHooks: async (at, limit) =>
      [...tables().mirrors.values()]
        .filter(({ enabled, pause, lastError }) => enabled && pause === null && lastError === null)
        .filter(({ activeRunId, hook }) => activeRunId === null && hook?.dueAt != null && hook.dueAt <= at)
        .sort((a, b) => (a.hook?.dueAt ?? 0) - (b.hook?.dueAt ?? 0) || compareText(a.id, b.id))
        .slice(0, limit),
    askedAgain: async (limit) =>
      [...tables().mirrors.values()]
        .filter(({ enabled, pause, activeRunId }) => enabled && pause === null && activeRunId === null)
        .filter(({ askedAgainAt }) => askedAgainAt !== null)
        .sort((a, b) => (a.askedAgainAt ?? 0) - (b.askedAgainAt ?? 0) || compareText(a.id, b.id))
        .slice(0, limit),
    hostLoad: async (host) => {
      const started = [...tables().mirrors.values()].filter((mirror) => mirror.status === 'started');
      return {
        running: started.filter((mirror) => budgetHost(mirror.url) === host).length,
        slowRunning: started.filter(isSlow).length,
        blockedUntil: tables().hosts.get(host) ?? null,
      };
    },
    waitingRuns: async (host, { limit, withSlow }) =>
      waitingOf(tables())
        .filter(({ mirror }) => budgetHost(mirror.url) === host && (withSlow || !isSlow(mirror)))
        .sort((a, b) => compareTurns(a, b))
        .slice(0, limit)
        .map(({ run }) => run),
    waitingHosts: async () => [...new Set(waitingOf(tables()).map(({ mirror }) => budgetHost(mirror.url)))].sort(),
    dueOutbox: async (at, limit) =>
      [...tables().outbox.values()]
        .filter(({ dueAt }) => dueAt <= at)
        .sort((a, b) => a.createdAt - b.createdAt || a.dueAt - b.dueAt || compareText(a.id, b.id))
        .slice(0, limit),
    nextOutboxAt: async () => {
      const times = [...tables().outbox.values()].map(({ dueAt }) => dueAt);
      return times.length === 0 ? null : Math.min(...times);
    },
    unseenProjects: async (before, limit) =>
      [...tables().mirrors.values()]
        .filter(({ projectSeenAt }) => projectSeenAt === null || projectSeenAt <= before)
        .sort((a, b) => (a.projectSeenAt ?? 0) - (b.projectSeenAt ?? 0) || compareText(a.id, b.id))
        .slice(0, limit),
    activeMirrors: async () => [...tables().mirrors.values()].filter((mirror) => mirror.activeRunId !== null),
    run: async (id) => tables().runs.get(id) ?? null,
    runs: async (mirrorId, page) => slice(runsOf(tables(), mirrorId), page),
    runOutcomes: async (runId, page) => slice(tables().outcomes.get(runId) ?? [], page),
    backup: async (id) => tables().backups.get(id) ?? null,
    backupsOfRun: async (runId) => [...tables().backups.values()].filter((backup) => backup.runId === runId),
    backups: async (mirrorId, page) => {
      const backups = [...tables().backups.values()].filter((backup) => backup.mirrorId === mirrorId);
      return slice(
        newestFirst(backups, (backup) => backup.at),
        page,
      );
    },
    policy: async () => tables().policy,
    countMirrors: async (of) =>
      [...tables().mirrors.values()].filter(({ ownerId, maintainer }) =>
        'ownerId' in of ? ownerId === of.ownerId : maintainer?.id === of.maintainerId,
      ).length,
    deliveredRefs: async (mirrorId) => new Map(tables().delivered.get(mirrorId) ?? []),
  };
}

function writesOf(tables: Tables, assertUp: () => void): Omit<StoreTransaction, keyof StoreReads> {
  const dropRun = (id: string): void => {
    tables.runs.delete(id);
    tables.outcomes.delete(id);
  };
  const saveMirror = async (mirror: Mirror): Promise<void> => {
    if (!tables.mirrors.has(mirror.id)) throw new HeadwaterError('mirror_not_found');
    tables.mirrors.set(mirror.id, mirror);
  };
  const refuse = (why: string): never => {
    throw new HeadwaterError('internal', {}, { cause: new Error(why) });
  };
  return {
    insertAuditEntry: async (entry, keptSince) => {
      assertUp();
      const kept = tables.audit.filter(({ at }) => at >= keptSince);
      tables.audit.splice(0, tables.audit.length, ...kept, entry);
    },
    lockMirror: async (id) => {
      assertUp();
      return tables.mirrors.get(id) ?? null;
    },
    lockPolicy: async () => {
      assertUp();
      return tables.policy;
    },
    savePolicy: async (policy) => {
      assertUp();
      tables.policy = policy;
    },
    lockHost: async () => undefined,
    blockHost: async (host, until) => {
      tables.hosts.set(host, Math.max(until, tables.hosts.get(host) ?? 0));
    },
    insertMirror: async (mirror) => {
      const taken = [...tables.mirrors.values()].some((other) => other.repoId === mirror.repoId);
      if (taken || tables.mirrors.has(mirror.id)) refuse('the project or the id has a mirror already');
      tables.mirrors.set(mirror.id, mirror);
    },
    saveMirror,
    saveResealed: saveMirror,
    deleteMirror: async (id) => {
      for (const run of runsOf(tables, id)) dropRun(run.id);
      tables.delivered.delete(id);
      tables.deliveries.delete(id);
      for (const backup of [...tables.backups.values()]) if (backup.mirrorId === id) tables.backups.delete(backup.id);
      for (const entry of tables.outbox.values()) if (entry.mirrorId === id) tables.outbox.delete(entry.id);
      tables.mirrors.delete(id);
    },
    insertRun: async (run) => {
      if (tables.runs.has(run.id) || !tables.mirrors.has(run.mirrorId)) refuse('run exists or its mirror does not');
      tables.runs.set(run.id, run);
      const others = runsOf(tables, run.mirrorId).filter((other) => other.id !== run.id);
      for (const old of others.slice(keptRuns - 1)) dropRun(old.id);
    },
    saveRun: async (run) => {
      if (!tables.runs.has(run.id)) throw new HeadwaterError('run_not_found');
      tables.runs.set(run.id, run);
    },
    insertRunOutcomes: async (runId, outcomes) => {
      if (!tables.runs.has(runId)) refuse('there is no such run');
      tables.outcomes.set(runId, [...(tables.outcomes.get(runId) ?? []), ...outcomes]);
    },
    noteDelivery: async (mirrorId, digest, at, keepMs) => {
      const known = tables.deliveries.get(mirrorId) ?? new Map<string, number>();
      if (known.has(digest)) return false;
      const young = [...known].filter(([, noted]) => noted >= at - keepMs);
      tables.deliveries.set(mirrorId, new Map([...young, [digest, at]]));
      return true;
    },
    insertBackups: async (backups) => {
      for (const backup of backups) tables.backups.set(backup.id, backup);
    },
    deleteBackups: async (ids) => {
      for (const id of ids) tables.backups.delete(id);
    },
    insertOutbox: async (entries) => {
      for (const entry of entries) tables.outbox.set(entry.id, entry);
    },
    claimOutbox: async ({ id, dueAt }, until) => {
      const current = tables.outbox.get(id);
      if (current?.dueAt !== dueAt) return false;
      tables.outbox.set(id, { ...current, dueAt: until });
      return true;
    },
    saveOutbox: async (entry) => {
      if (tables.outbox.has(entry.id)) tables.outbox.set(entry.id, entry);
    },
    deleteOutbox: async (id) => void tables.outbox.delete(id),
    putDeliveredRefs: async (mirrorId, refs) => {
      if (!tables.mirrors.has(mirrorId)) refuse('there is no such mirror');
      tables.delivered.set(mirrorId, new Map([...(tables.delivered.get(mirrorId) ?? []), ...refs]));
    },
  };
}

function fits(mirror: Mirror, { status, paused, syncState, host, owner }: MirrorFilter): boolean {
  return (
    (status === undefined || mirror.status === status) &&
    (paused === undefined || (mirror.pause !== null) === paused) &&
    (syncState === undefined || syncStateOf(mirror) === syncState) &&
    (host === undefined || budgetHost(mirror.url) === host) &&
    (owner === undefined || mirror.fullName.toLowerCase().startsWith(`${owner.toLowerCase()}/`))
  );
}

interface Waiting {
  readonly mirror: Mirror;
  readonly run: Run;
}

function waitingOf(tables: Tables): Waiting[] {
  return [...tables.mirrors.values()].flatMap((mirror) => {
    const run = tables.runs.get(mirror.activeRunId ?? '');
    return run?.status === 'queued' ? [{ mirror, run }] : [];
  });
}

function compareTurns(a: Waiting, b: Waiting): number {
  return (
    Number(isAutomatic(a.run.cause)) - Number(isAutomatic(b.run.cause)) ||
    Number(isSlow(a.mirror)) - Number(isSlow(b.mirror)) ||
    a.run.queuedAt - b.run.queuedAt ||
    compareText(a.run.id, b.run.id)
  );
}

function runsOf(tables: Tables, mirrorId: string): Run[] {
  const runs = [...tables.runs.values()].filter((run) => run.mirrorId === mirrorId);
  return newestFirst(runs, (run) => run.queuedAt);
}

function newestFirst<T extends { readonly id: string }>(items: Iterable<T>, at: (item: T) => number): T[] {
  return [...items].sort((a, b) => at(b) - at(a) || compareText(b.id, a.id));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function slice<T>(items: readonly T[], { page, limit }: Page): Paged<T> {
  return { items: items.slice((page - 1) * limit, page * limit), total: items.length };
}
