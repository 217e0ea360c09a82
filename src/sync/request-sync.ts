import { HeadwaterError, toHeadwaterError, type Fault } from '../domain/errors';
import type { Cause } from '../domain/cause';
import { isHeldByPause, transition, type Mirror, type SchedulePolicy } from '../domain/mirror';
import { budgetHost } from '../domain/host-budget';
import { manualWait } from '../domain/manual-budget';
import type { Run } from '../domain/run';
import type { Logger } from '../ports/logger';
import type { Notices } from '../ports/notices';
import type { RunQueue } from '../ports/run-queue';
import type { Store, StoreTransaction } from '../ports/store';
import { admitRuns } from './admit-runs';
import { currentSchedule } from './hold-to-policy';
import { supersede } from './supersede';

export interface RequestDeps {
  readonly store: Store;
  readonly queue: Pick<RunQueue, 'ensure'>;
  readonly notices: Pick<Notices, 'publish'>;
  readonly log: Logger;
  readonly policy: SchedulePolicy;
  readonly newId: () => string;
}

/** A run that was asked for, before it is queued. */
export interface RecordedRun {
  readonly run: Run;
  readonly fresh: boolean;
  /** Whose budget it needs (domain/host-budget). */
  readonly host: string;
  /** The run had begun to look at the upstream before it was asked for here, so one more follows it (sync/follow-up). */
  readonly again: boolean;
}

export interface RequestedRun {
  readonly run: Run;
  /** false: the run was already queued or running, and the caller is told of that one. */
  readonly fresh: boolean;
  /** The run may not see what the caller sees; one more follows as soon as it has ended. */
  readonly again: boolean;
  /** queue_unavailable, when the run is recorded but starts only when Redis is back. */
  readonly warning: Fault | null;
}

/**
 * The one door: the clock, "Update now", a change of settings and recovery all come in here.
 * Raises mirror_not_found, mirror_disabled, mirror_paused, too_many_requests, store_unavailable.
 */
export async function requestSync(deps: RequestDeps, mirrorId: string, cause: Cause): Promise<RequestedRun> {
  const requested = await deps.store.transaction((tx) => recordRequest(tx, deps, mirrorId, cause));
  return announce(deps, requested, cause);
}

/** The part of a request that is a transaction, for callers that change more in the same one. */
export async function recordRequest(
  tx: StoreTransaction,
  deps: Pick<RequestDeps, 'policy' | 'newId'>,
  mirrorId: string,
  cause: Cause,
): Promise<RecordedRun> {
  let mirror = await tx.lockMirror(mirrorId);
  if (mirror === null) throw new HeadwaterError('mirror_not_found');
  // A plan is also what one looks at before switching a mirror on.
  if (!mirror.enabled && cause !== 'plan') throw new HeadwaterError('mirror_disabled');
  if (isHeldByPause(mirror, cause)) throw pausedError(mirror);

  const active = mirror.activeRunId === null ? null : await tx.run(mirror.activeRunId);
  // Whoever wants the real thing does not wait for a plan.
  if (active?.cause === 'plan' && cause !== 'plan') mirror = await supersede(tx, deps.policy, mirror);
  else if (active !== null) {
    const again = cause === 'manual' && active.status === 'running';
    const event = again ? ({ type: 'asked_again', at: await tx.now() } as const) : ({ type: 'woken' } as const);
    if (cause === 'manual') await tx.saveMirror(transition(mirror, event, deps.policy));
    return { run: active, fresh: false, host: budgetHost(mirror.url), again };
  }
  const now = await tx.now();
  if (cause === 'manual') {
    const retryAfterMs = await manualPatience(tx, mirrorId, now, deps.policy);
    if (retryAfterMs > 0) throw new HeadwaterError('too_many_requests', {}, { retryAfterMs });
  }
  const run: Run = {
    id: deps.newId(),
    mirrorId,
    cause,
    status: 'queued',
    queuedAt: now,
    startedAt: null,
    finishedAt: null,
    error: null,
    counts: null,
    receivedBytes: 0,
    sentBytes: 0,
  };
  await tx.insertRun(run);
  const schedule = await currentSchedule(tx, deps.policy);
  await tx.saveMirror(transition(mirror, { type: 'requested', runId: run.id, cause, at: now }, schedule));
  return { run, fresh: true, host: budgetHost(mirror.url), again: false };
}

/** Enough of the mirror's history to know how often people asked. */
const runsLookedAt = 100;

/** How long (ms) a person's next run of the mirror has to wait; 0: not at all. */
export async function manualPatience(
  tx: StoreTransaction,
  mirrorId: string,
  now: number,
  policy: SchedulePolicy,
): Promise<number> {
  if ((policy.manualRunsPerMinute ?? 0) === 0) return 0;
  const { items } = await tx.runs(mirrorId, { page: 1, limit: runsLookedAt });
  return manualWait(items, now, policy);
}

/**
 * Puts a recorded run into the queue, as soon as its host has room. Redis being away loses nothing: the minute round tries
 * again.
 */
export async function announce(
  deps: Pick<RequestDeps, 'store' | 'policy' | 'queue' | 'notices' | 'log'>,
  requested: RecordedRun,
  cause: Cause,
): Promise<RequestedRun> {
  const { run, fresh, host, again } = requested;
  if (fresh) deps.notices.publish(run.mirrorId, { type: 'run.queued', runId: run.id, cause });
  try {
    if (run.status === 'queued') await admitRuns(deps, host);
    return { run, fresh, again, warning: null };
  } catch (thrown) {
    const error = toHeadwaterError(thrown);
    deps.log.warn(
      { mirrorId: run.mirrorId, runId: run.id, code: error.code },
      'run is recorded but could not be queued',
    );
    return { run, fresh, again, warning: error.toFault() };
  }
}

function pausedError({ pause, fullName, maintainer }: Mirror): HeadwaterError {
  if (pause?.reason === 'owner_changed') return new HeadwaterError('mirror_awaits_owner', { project: fullName });
  if (pause?.reason === 'right_revoked')
    return new HeadwaterError('maintainer_right_revoked', { login: maintainer?.login ?? 'Whoever set it up' });
  return new HeadwaterError('mirror_paused', { by: pause?.by ?? 'the admin' });
}
