import { fault, HeadwaterError, type Fault } from '../domain/errors';
import { transition, type Mirror, type SchedulePolicy } from '../domain/mirror';
import type { PauseReason } from '../domain/pause';
import type { Notices } from '../ports/notices';
import type { Store, StoreTransaction } from '../ports/store';
import { maintainerAfter } from './answer-for';
import type { SetUpBy } from './hold-to-policy';
import { recordNotices } from './notices/record-notices';
import { announce, recordRequest, type RequestDeps, type RequestedRun } from './request-sync';
import { supersede } from './supersede';

export interface StopDeps {
  readonly store: Pick<Store, 'transaction'>;
  readonly notices: Pick<Notices, 'publish'>;
  readonly policy: SchedulePolicy;
}

/** What else there is to say of a pause. */
export interface PauseTerms {
  /** What the run says that it ends; by default that it was stopped. */
  readonly why?: Fault;
  /** Asked with the mirror locked; where it answers false, nothing is done. */
  readonly onlyIf?: (mirror: Mirror) => boolean;
}

/**
 * Pauses the mirror: the run under way ends, none begins until it is resumed, and once this has answered no further push is
 * begun (SCHED-08). A pause by a person or for a new owner is not replaced by another one. Raises mirror_not_found.
 */
export async function pauseMirror(
  deps: StopDeps,
  mirrorId: string,
  reason: PauseReason,
  by: string | null,
  { why = stoppedBy(by), onlyIf }: PauseTerms = {},
): Promise<Mirror> {
  const change = async (tx: StoreTransaction, mirror: Mirror) =>
    transition(mirror, { type: 'paused', pause: { reason, by, at: await tx.now() } }, deps.policy);
  return endRun(deps, mirrorId, why, change, onlyIf);
}

/** Ends the run that is queued or running, if any, and changes nothing else. Raises mirror_not_found. */
export async function stopRun(deps: StopDeps, mirrorId: string, by: string | null): Promise<Mirror> {
  return endRun(deps, mirrorId, stoppedBy(by), async (_, mirror) => mirror);
}

export interface Resumed {
  readonly mirror: Mirror;
  /** The run that makes up for the pause; null when it was not paused or is switched off. */
  readonly requested: RequestedRun | null;
}

/**
 * Ends every pause, forgets the failures and starts a run. Does nothing to a mirror that is not paused, or of which `onlyIf`
 * answers false. What waited for an admin is from then on answered for by who resumes it. Raises mirror_not_found.
 */
export async function resumeMirror(
  deps: RequestDeps,
  mirrorId: string,
  by?: SetUpBy | null,
  onlyIf: PauseTerms['onlyIf'] = () => true,
): Promise<Resumed> {
  const done = await deps.store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(mirrorId);
    if (mirror === null) throw new HeadwaterError('mirror_not_found');
    if (mirror.pause === null || !onlyIf(mirror)) return { mirror, requested: null };
    const { reason } = mirror.pause;
    const taken = reason === 'right_revoked' || reason === 'owner_changed';
    const maintainer = taken ? maintainerAfter(mirror.maintainer, by) : mirror.maintainer;
    const resumed = { ...mirror, maintainer };
    await tx.saveMirror(transition(resumed, { type: 'resumed', at: await tx.now() }, deps.policy));
    const requested = mirror.enabled ? await recordRequest(tx, deps, mirrorId, 'manual') : null;
    return { mirror: (await tx.mirror(mirrorId)) ?? mirror, requested };
  });
  return {
    mirror: done.mirror,
    requested: done.requested === null ? null : await announce(deps, done.requested, 'manual'),
  };
}

function stoppedBy(by: string | null): Fault {
  return fault('run_stopped', { by: by ?? 'the admin' });
}

async function endRun(
  deps: StopDeps,
  mirrorId: string,
  why: Fault,
  change: (tx: StoreTransaction, mirror: Mirror) => Promise<Mirror>,
  onlyIf: PauseTerms['onlyIf'] = () => true,
): Promise<Mirror> {
  const { stopped, after } = await deps.store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(mirrorId);
    if (mirror === null) throw new HeadwaterError('mirror_not_found');
    if (!onlyIf(mirror)) return { stopped: null, after: mirror };
    const changed = await change(tx, await supersede(tx, deps.policy, mirror, why));
    const after = await recordNotices(tx, { before: mirror, after: changed, run: null, outcomes: [] });
    await tx.saveMirror(after);
    return { stopped: mirror.activeRunId, after };
  });
  if (stopped !== null) deps.notices.publish(mirrorId, { type: 'run.failed', runId: stopped, error: why });
  return after;
}
