import type { HeadwaterError } from '../../domain/errors';
import { transition } from '../../domain/mirror';
import { countOutcomes, isComplete, type RefOutcome } from '../../domain/run';
import type { RefListing } from '../../ports/upstream';
import type { SyncContext } from '../sync-context';

export interface Delivered {
  readonly outcomes: readonly RefOutcome[];
  readonly unchanged: number;
}

export async function recordSuccess(context: SyncContext, listing: RefListing, delivered: Delivered): Promise<void> {
  const { claim, policy, bytes } = context;
  const counts = countOutcomes(delivered.outcomes, delivered.unchanged);
  const digest = isComplete(counts) ? listing.digest : null;
  await claim.write(async (tx, mirror) => {
    const at = await tx.now();
    const upstreamDefaultBranch = listing.defaultBranch;
    await tx.insertRunOutcomes(claim.run.id, delivered.outcomes);
    await tx.saveRun({
      ...claim.run,
      status: 'finished',
      finishedAt: at,
      counts,
      receivedBytes: bytes.received,
      sentBytes: bytes.sent,
    });
    await tx.saveMirror(transition(mirror, { type: 'succeeded', at, counts, digest, upstreamDefaultBranch }, policy));
  });
  context.log.info({ counts, receivedBytes: bytes.received, sentBytes: bytes.sent }, 'run finished');
  context.notices.publish(claim.mirror.id, { type: 'run.finished', runId: claim.run.id, counts });
}

export async function recordFailure(context: SyncContext, error: HeadwaterError): Promise<void> {
  const { claim, policy, bytes, log } = context;
  // Damage may sit in the cache; without it the next run fetches everything anew.
  if (error.code === 'upstream_corrupt') await context.cache.remove(claim.mirror.id);
  const fault = error.toFault();
  const ended = await claim.write(async (tx, mirror) => {
    const at = await tx.now();
    await tx.saveRun({
      ...claim.run,
      status: 'failed',
      finishedAt: at,
      error: fault,
      receivedBytes: bytes.received,
      sentBytes: bytes.sent,
    });
    const failed = transition(mirror, { type: 'failed', at, fault, retryAfterMs: error.retryAfterMs }, policy);
    await tx.saveMirror(failed);
    return failed;
  });
  const fields = { code: error.code, failures: ended.failures, paused: ended.paused };
  if (error.kind === 'bug') log.error({ ...fields, err: error.cause ?? error }, 'run failed');
  else if (ended.paused) log.warn(fields, 'run failed, mirror is paused');
  else log.info(fields, 'run failed');
  context.notices.publish(claim.mirror.id, { type: 'run.failed', runId: claim.run.id, error: fault });
}

/** The worker goes away: the run returns to the queue as if it had not been started. */
export async function recordRelease(context: SyncContext): Promise<void> {
  const { claim, policy } = context;
  await claim.write(async (tx, mirror) => {
    await tx.saveRun({ ...claim.run, status: 'queued', startedAt: null });
    await tx.saveMirror(transition(mirror, { type: 'released' }, policy));
  });
  context.log.info({}, 'run was given back for a shutdown');
}
