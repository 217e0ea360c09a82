import { HeadwaterError } from '../domain/errors';
import { budgetHost, hasSlowRoom, isSlow, roomOn } from '../domain/host-budget';
import { transition, type Lease, type Mirror, type SchedulePolicy } from '../domain/mirror';
import type { Run } from '../domain/run';
import { withLookBegun } from '../domain/upstream-hook';
import type { RunJob } from '../ports/run-queue';
import type { Store, StoreTransaction } from '../ports/store';

export interface ClaimDeps {
  readonly store: Pick<Store, 'transaction'>;
  readonly policy: SchedulePolicy;
  /** Names this worker process in leases. */
  readonly workerId: string;
  /** A worker that is silent this long (ms) has lost its claim. */
  readonly leaseMs: number;
}

/** A worker's right to run one mirror. Everything it writes goes through `write`, which refuses once the right is lost. */
export interface Claim {
  /** As it was when claimed. */
  readonly mirror: Mirror;
  readonly run: Run;
  /** Runs `work` in a transaction with the mirror locked. Raises run_superseded when the claim is lost. */
  write<T>(work: (tx: StoreTransaction, mirror: Mirror) => Promise<T>): Promise<T>;
  /** Raises run_superseded, run_timeout. */
  renew(): Promise<void>;
}

/**
 * Takes the lease for a job from the queue. null: the hint is stale (the run is over, or was replaced) or another worker has
 * it, or its host has no room; the minute round sees to the rest.
 */
export async function claimRun(deps: ClaimDeps, job: RunJob): Promise<Claim | null> {
  const claimed = await deps.store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(job.mirrorId);
    if (mirror === null || mirror.activeRunId !== job.runId) return null;
    const run = await tx.run(job.runId);
    const at = await tx.now();
    if (run === null || (mirror.lease !== null && mirror.lease.until >= at)) return null;
    if (run.status !== 'queued') return null;
    if (!(await mayBegin(tx, deps.policy, mirror, at))) return null;
    const started: Run = { ...run, status: 'running', startedAt: at };
    const claimed = transition(mirror, { type: 'claimed', lease: leaseAt(deps, at, at), at }, deps.policy);
    // A look is no attempt to update.
    const held =
      run.cause === 'plan'
        ? { ...claimed, lastStartedAt: mirror.lastStartedAt }
        : { ...claimed, hook: withLookBegun(mirror.hook), askedAgainAt: null };
    await tx.saveMirror(held);
    await tx.saveRun(started);
    return { mirror: held, run: started };
  });
  return claimed === null ? null : holdClaim(deps, claimed.mirror, claimed.run);
}

/** Others may have begun since it was admitted to the queue. It waits in the database then, and holds no slot. */
async function mayBegin(tx: StoreTransaction, policy: SchedulePolicy, mirror: Mirror, at: number): Promise<boolean> {
  const host = budgetHost(mirror.url);
  await tx.lockHost(host);
  const load = await tx.hostLoad(host);
  return roomOn(load, at, policy) > 0 && (!isSlow(mirror) || hasSlowRoom(load, policy));
}

/**
 * What a worker does when it has stopped a run that was superseded: only now another one may begin, which would otherwise meet
 * it in the mirror's cache.
 */
export async function letGo(deps: Pick<ClaimDeps, 'store' | 'workerId' | 'policy'>, mirrorId: string): Promise<void> {
  await deps.store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(mirrorId);
    if (mirror?.lease?.owner !== deps.workerId) return;
    const active = mirror.activeRunId === null ? null : await tx.run(mirror.activeRunId);
    // The lease had ended, and belongs to a run that began since.
    if (active?.status === 'running') return;
    await tx.saveMirror(transition(mirror, { type: 'let_go' }, deps.policy));
  });
}

function holdClaim(deps: ClaimDeps, mirror: Mirror, run: Run): Claim {
  const write: Claim['write'] = (work) =>
    deps.store.transaction(async (tx) => {
      const current = await tx.lockMirror(mirror.id);
      if (current === null || current.fence !== mirror.fence || current.activeRunId !== run.id) {
        throw new HeadwaterError('run_superseded');
      }
      return work(tx, current);
    });
  const renew = () =>
    write(async (tx, current) => {
      const at = await tx.now();
      const startedAt = run.startedAt ?? at;
      if (at > startedAt + deps.policy.stuckAfterMs) {
        throw new HeadwaterError('run_timeout', { seconds: Math.round(deps.policy.stuckAfterMs / 1000) });
      }
      await tx.saveMirror(transition(current, { type: 'renewed', lease: leaseAt(deps, at, startedAt) }, deps.policy));
    });
  return { mirror, run, write, renew };
}

/** No lease reaches beyond the longest time that a run may take, so a worker that hangs is noticed then at the latest. */
function leaseAt(deps: ClaimDeps, at: number, startedAt: number): Lease {
  return { owner: deps.workerId, until: Math.min(at + deps.leaseMs, startedAt + deps.policy.stuckAfterMs) };
}
