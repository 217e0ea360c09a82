import { toHeadwaterError } from '../domain/errors';
import type { RunJob } from '../ports/run-queue';
import { claimRun } from './claim';
import { keepLease } from './keep-lease';
import type { SyncContext, SyncDeps } from './sync-context';
import { copyLfs } from './steps/copy-lfs';
import { deliverUpdates } from './steps/deliver-updates';
import { fetchObjects } from './steps/fetch-objects';
import { listUpstream, nothingNew } from './steps/list-upstream';
import { planUpdates } from './steps/plan-updates';
import { readForge } from './steps/read-forge';
import { recordFailure, recordRelease, recordSuccess } from './steps/record';
import { together } from './together';

/**
 * One run of one mirror, from the queue's hint to the recorded outcome. Never rejects: what goes wrong is recorded, and if
 * even that fails, the lease ends and the minute round finds the run.
 */
export async function syncMirror(deps: SyncDeps, job: RunJob, shutdown: AbortSignal): Promise<void> {
  const log = deps.log.child({ mirrorId: job.mirrorId, runId: job.runId });
  try {
    const claim = await claimRun(deps, job);
    if (claim === null) return;
    const lease = keepLease(claim, deps.leaseMs, shutdown, log);
    const context: SyncContext = { ...deps, log, claim, signal: lease.signal, bytes: { received: 0, sent: 0 } };
    try {
      deps.notices.publish(job.mirrorId, { type: 'run.started', runId: job.runId });
      await follow(context);
    } catch (thrown) {
      // What made us stop is the truth; the error that the stopping caused is not.
      const reason: unknown = lease.signal.aborted ? lease.signal.reason : thrown;
      if (shutdown.aborted) await recordRelease(context);
      else await recordFailure(context, toHeadwaterError(reason));
    } finally {
      lease.stop();
    }
  } catch (thrown) {
    const error = toHeadwaterError(thrown);
    log.warn({ code: error.code, err: error.cause ?? error }, 'outcome of the run could not be recorded');
  }
}

async function follow(context: SyncContext): Promise<void> {
  const listing = await listUpstream(context);
  if (nothingNew(context, listing))
    return recordSuccess(context, listing, { outcomes: [], unchanged: listing.refs.size });

  const [cacheDir, forge] = await together(
    context.signal,
    (signal) => fetchObjects(context, listing, signal),
    (signal) => readForge(context, signal),
  );
  const planned = await planUpdates(context, listing, forge);
  const decision = await copyLfs(context, planned, { listing, forge, cacheDir });
  const pushed = await deliverUpdates(context, { ...decision, listing, forge, cacheDir });
  const { leftAlone, unchanged } = decision.plan;
  return recordSuccess(context, listing, { outcomes: [...pushed, ...leftAlone], unchanged });
}
