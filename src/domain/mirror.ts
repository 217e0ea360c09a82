import { isAutomatic, type Cause } from './cause';
import type { Fault } from './errors';
import { failureRule } from './failure-rules';
import type { RefName } from './git-ref';
import type { HeldPlan } from './held-plan';
import type { Maintainer } from './maintainer';
import type { MirrorOptions } from './mirror-options';
import { endsOnlyByResume, strongerPause, type Pause } from './pause';
import type { ProjectVisibility } from './project-visibility';
import type { PullRequestNote } from './pull-request';
import type { RefCounts } from './run';
import { nextTurn, passOf, retryAt, type SchedulePolicy, type UpstreamActivity } from './schedule';
import type { SyncProof } from './sync-proof';
import type { MirrorSsh } from './mirror-ssh';
import type { MirrorNotify } from './mirror-notify';
import type { UpstreamHook } from './upstream-hook';

export type { SchedulePolicy };

/** GitLab's names: none (never ran), scheduled (waits for a worker), started (a worker has it), finished, failed. */
export type UpdateStatus = 'none' | 'scheduled' | 'started' | 'finished' | 'failed';

/** A worker's claim on a mirror. Each claim has a higher `fence`; a write under an older fence is refused. */
export interface Lease {
  readonly owner: string;
  /** Database clock, epoch ms. */
  readonly until: number;
}

/** A pull mirror: one project of the forge that follows one upstream. Times are epoch ms by the database's clock. */
export interface Mirror {
  readonly id: string;
  /** The forge's numeric repository id: names change, this does not. */
  readonly repoId: number;
  /** Owner and name when last seen; for people, never for addressing. */
  readonly fullName: string;
  /** The forge's numeric id of the owner for whom the mirror works; null: whoever owns the project when it is next looked at. */
  readonly ownerId: number | null;
  /** When the project was last looked at in the forge; null: never since the mirror was made. */
  readonly projectSeenAt: number | null;
  /** null: the project was not looked at yet. */
  readonly visibility: ProjectVisibility | null;
  /** The person by whose right it goes on (AUTH-01); null: nobody of the forge, such as the command line. */
  readonly maintainer: Maintainer | null;
  readonly url: string;
  readonly authUser: string | null;
  /** The sealed password or token (ports/secret-box), bound to the mirror, the upstream's origin and the user. */
  readonly sealedPassword: string | null;
  /** When the stored token ends, as the upstream or a person said, epoch ms; null: not known. */
  readonly tokenExpiresAt: number | null;
  /** null unless the upstream is an ssh address. */
  readonly ssh: MirrorSsh | null;
  /** Where the upstream says that it has changed; null: nowhere. */
  readonly hook: UpstreamHook | null;
  /** Whom it tells of what happens to it. */
  readonly notify: MirrorNotify;
  readonly enabled: boolean;
  readonly options: MirrorOptions;

  readonly status: UpdateStatus;
  /** Consecutive failed runs, as far as they count (failure-rules). */
  readonly failures: number;
  /** Why nothing is done until it is woken; null: it is not paused. */
  readonly pause: Pause | null;
  readonly lastError: Fault | null;
  readonly lastStartedAt: number | null;
  readonly lastFinishedAt: number | null;
  readonly lastSuccessAt: number | null;
  /** The next time the clock may take it; null while it is paused. */
  readonly nextUpdateAt: number | null;
  readonly lastCounts: RefCounts | null;

  readonly upstreamDefaultBranch: RefName | null;
  /** Digest of the upstream's listing when everything in it had been delivered: an equal listing needs no work. */
  readonly deliveredDigest: string | null;
  /** The default branch that Headwater gave the project when it imported it. */
  readonly defaultBranchSet: RefName | null;
  /** What the guards held back in the last run, and whether somebody accepted it. */
  readonly held: HeldPlan | null;
  /** What the upstream last listed; null: no run has finished yet. */
  readonly activity: UpstreamActivity | null;
  /** What the last finished run found; null until then. */
  readonly proof: SyncProof | null;

  /** By which the upstream's state of diverged branches is offered. */
  readonly pullRequests: readonly PullRequestNote[];

  /** The run that is queued or running; at most one. */
  readonly activeRunId: string | null;
  /** Since when somebody waits for one more update, as the run under way had begun to look already; null: nobody does. */
  readonly askedAgainAt: number | null;
  readonly lease: Lease | null;
  readonly fence: number;
  /** Grows with every change of settings. */
  readonly revision: number;
  readonly createdAt: number;
}

export type MirrorEvent =
  | { readonly type: 'requested'; readonly runId: string; readonly cause: Cause; readonly at: number }
  | { readonly type: 'claimed'; readonly lease: Lease; readonly at: number }
  | { readonly type: 'renewed'; readonly lease: Lease }
  | {
      readonly type: 'succeeded';
      readonly at: number;
      readonly counts: RefCounts;
      /** Digest of what the upstream listed. */
      readonly listed: string;
      /** null when a ref could not be delivered, so that the next run looks again. */
      readonly digest: string | null;
      readonly upstreamDefaultBranch: RefName | null;
      readonly held: HeldPlan | null;
      readonly proof: SyncProof;
    }
  /** A plan was made, or could not be made: nothing else happened. */
  | { readonly type: 'looked' }
  | {
      readonly type: 'failed';
      readonly at: number;
      readonly fault: Fault;
      /** The other side asked us not to come back for this long (ms). */
      readonly retryAfterMs?: number | undefined;
    }
  /** The worker shuts down in the middle of a run. */
  | { readonly type: 'released' }
  /** The settings changed or the mirror was switched off: whatever is queued or running no longer counts. */
  | { readonly type: 'superseded'; readonly at: number }
  | { readonly type: 'let_go' }
  /** Somebody else may have changed what was delivered. */
  | { readonly type: 'doubted'; readonly at: number }
  /** Somebody asked for an update that is already on its way. */
  | { readonly type: 'woken' }
  /** Somebody asked for an update while one was under way that may not see what they see. */
  | { readonly type: 'asked_again'; readonly at: number }
  | { readonly type: 'paused'; readonly pause: Pause }
  /** The interval is another one. A retry stays where it is. */
  | { readonly type: 'rescheduled'; readonly at: number }
  /** Ends every pause; a run that makes up for it is asked for by the caller. */
  | { readonly type: 'resumed'; readonly at: number };

/** The one place where a mirror's state changes. Pure; settings are changed by enrolMirror, which raises `revision`. */
export function transition(mirror: Mirror, event: MirrorEvent, policy: SchedulePolicy): Mirror {
  switch (event.type) {
    case 'requested': {
      if (event.cause === 'plan') return { ...mirror, status: 'scheduled', activeRunId: event.runId };
      const woken = isAutomatic(event.cause) ? {} : awake(mirror);
      return {
        ...mirror,
        ...woken,
        status: 'scheduled',
        activeRunId: event.runId,
        // Written before the run starts, so that a crash skips a turn and cannot loop.
        nextUpdateAt: nextTurn(mirror, event.cause === 'clock' ? passOf(mirror, event.at, policy) : event.at, policy),
      };
    }
    case 'claimed':
      return { ...mirror, status: 'started', lease: event.lease, fence: mirror.fence + 1, lastStartedAt: event.at };
    case 'renewed':
      return { ...mirror, lease: event.lease };
    case 'succeeded': {
      const changed = mirror.activity?.digest !== event.listed;
      const activity = changed ? { digest: event.listed, changedAt: event.at } : mirror.activity;
      return {
        ...idle(mirror),
        activity,
        nextUpdateAt: changed ? sooner({ ...mirror, activity }, event.at, policy) : mirror.nextUpdateAt,
        status: 'finished',
        ...awake(mirror),
        lastError: null,
        lastFinishedAt: event.at,
        lastSuccessAt: event.at,
        lastCounts: event.counts,
        deliveredDigest: mirror.deliveredDigest === doubted ? null : event.digest,
        upstreamDefaultBranch: event.upstreamDefaultBranch,
        // Accepted in the last moment: the acceptance is for exactly this plan, and counts in the next run.
        held: event.held !== null && mirror.held?.id === event.held.id ? mirror.held : event.held,
        proof: event.proof,
      };
    }
    case 'looked':
      return { ...idle(mirror), status: restingStatus(mirror) };
    case 'failed': {
      const rule = failureRule(event.fault.code);
      const failures = mirror.failures + (rule.counts ? 1 : 0);
      const reason = rule.pauses ?? (failures > policy.maxRetries ? 'failures' : null);
      const pause = reason === null ? mirror.pause : strongerPause(mirror.pause, { reason, by: null, at: event.at });
      return {
        ...idle(mirror),
        status: 'failed',
        failures,
        pause,
        lastError: event.fault,
        lastFinishedAt: event.at,
        nextUpdateAt: pause !== null ? null : retryAt(mirror, { ...event, failures, rule }, policy),
      };
    }
    case 'released':
      // The run goes back to the queue and nobody is to blame.
      return { ...mirror, status: 'scheduled', lease: null };
    case 'superseded':
      // A worker that still runs finds its fence outdated and changes nothing any more; until it has let go, the mirror's
      // cache is its own, so no other run begins.
      return {
        ...idle(mirror),
        lease: mirror.lease,
        status: restingStatus(mirror),
        fence: mirror.fence + 1,
        askedAgainAt: null,
      };
    case 'let_go':
      return { ...mirror, lease: null };
    case 'doubted': {
      // Without the digest the next run looks at the forge, and it comes soon unless it waits for something else.
      const soon = Math.max(event.at, (mirror.lastStartedAt ?? 0) + policy.minIntervalMs);
      const waits = mirror.nextUpdateAt === null || mirror.pause !== null || mirror.lastError !== null;
      const nextUpdateAt = waits ? mirror.nextUpdateAt : Math.min(mirror.nextUpdateAt, soon);
      return { ...withDoubt(mirror), nextUpdateAt };
    }
    case 'woken':
      return { ...mirror, ...awake(mirror) };
    case 'asked_again':
      return { ...mirror, ...awake(mirror), askedAgainAt: mirror.askedAgainAt ?? event.at };
    case 'paused':
      return { ...mirror, pause: strongerPause(mirror.pause, event.pause), nextUpdateAt: null };
    case 'resumed':
      return {
        ...mirror,
        // Whoever resumes it says that it is to work for the owner that the project has now.
        ownerId: mirror.pause?.reason === 'owner_changed' ? null : mirror.ownerId,
        failures: 0,
        pause: null,
        nextUpdateAt: mirror.nextUpdateAt ?? event.at,
      };
    case 'rescheduled':
      if (mirror.pause !== null || mirror.failures > 0) return mirror;
      return { ...mirror, nextUpdateAt: nextTurn(mirror, mirror.lastStartedAt ?? event.at, policy) };
  }
}

/** Stands in place of the digest during a run that may have looked at the forge before something changed there. */
const doubted = 'doubted';

/** What was delivered may no longer be what the forge has: the next run looks at it, the one under way being no proof. */
export function withDoubt(mirror: Mirror): Mirror {
  return { ...mirror, deliveredDigest: mirror.status === 'started' ? doubted : null };
}

/** An upstream that has just changed is looked at more often, if the mirror is to adapt. */
function sooner(mirror: Mirror, at: number, policy: SchedulePolicy): number | null {
  if (mirror.nextUpdateAt === null) return null;
  return Math.min(
    mirror.nextUpdateAt,
    mirror.options.interval === 'adaptive' ? nextTurn(mirror, at, policy) : Infinity,
  );
}

/** May a run be asked for? A plan changes nothing, so it always may. */
export function isHeldByPause(mirror: Pick<Mirror, 'pause'>, cause: Cause): boolean {
  if (cause === 'plan' || mirror.pause === null) return false;
  return isAutomatic(cause) || endsOnlyByResume(mirror.pause);
}

function awake(mirror: Mirror): Pick<Mirror, 'failures' | 'pause'> {
  return { failures: 0, pause: endsOnlyByResume(mirror.pause) ? mirror.pause : null };
}

/** May the clock take this mirror? */
export function isDue(mirror: Mirror, at: number): boolean {
  return (
    mirror.enabled &&
    mirror.pause === null &&
    mirror.activeRunId === null &&
    mirror.nextUpdateAt !== null &&
    mirror.nextUpdateAt <= at
  );
}

/** Has the worker that claimed it been silent for too long? */
export function isAbandoned(mirror: Mirror, now: number): boolean {
  return mirror.status === 'started' && (mirror.lease === null || mirror.lease.until < now);
}

/** The status that the last run left. */
function restingStatus(mirror: Mirror): UpdateStatus {
  if (mirror.lastFinishedAt === null) return 'none';
  return mirror.lastError === null ? 'finished' : 'failed';
}

function idle(mirror: Mirror): Mirror {
  const deliveredDigest = mirror.deliveredDigest === doubted ? null : mirror.deliveredDigest;
  return { ...mirror, activeRunId: null, lease: null, deliveredDigest };
}
