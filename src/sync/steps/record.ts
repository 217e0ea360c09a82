import type { HeadwaterError } from '../../domain/errors';
import type { RefMap, RefName } from '../../domain/git-ref';
import type { HeldPlan } from '../../domain/held-plan';
import { transition } from '../../domain/mirror';
import type { DeliveredRef } from '../../domain/ref-plan';
import { countOutcomes, isComplete, type RefOutcome, type Run } from '../../domain/run';
import { proofOf } from '../../domain/sync-state';
import type { RefListing } from '../../ports/upstream';
import { currentSchedule } from '../hold-to-policy';
import { recordNotices } from '../notices/record-notices';
import type { SyncContext } from '../sync-context';

export interface Delivered {
  readonly outcomes: readonly RefOutcome[];
  readonly unchanged: number;
  /** Refs of the upstream that are none of ours to mirror. */
  readonly skipped: number;
  /** Every ref that is to be the same on both sides; null: those of the run before. */
  readonly mirrored: RefMap | null;
  readonly held: Omit<HeldPlan, 'at'> | null;
  /** Notes of refs that the upstream has lost, or has again. */
  readonly notes: ReadonlyMap<RefName, DeliveredRef>;
}

export async function recordSuccess(context: SyncContext, listing: RefListing, delivered: Delivered): Promise<void> {
  const { claim, policy, bytes } = context;
  const { outcomes, held: heldBack, notes } = delivered;
  const counts = countOutcomes(outcomes, delivered.unchanged, delivered.skipped);
  const digest = isComplete(counts) && heldBack === null ? listing.digest : null;
  await claim.write(async (tx, mirror) => {
    const at = await tx.now();
    // A branch that is missed now must still be known as missed in the next run.
    const upstreamDefaultBranch = heldBack === null ? listing.defaultBranch : mirror.upstreamDefaultBranch;
    const held = heldBack === null ? null : { ...heldBack, at };
    const proof = proofOf(outcomes, mirror.proof, at, delivered.mirrored);
    if (notes.size > 0) await tx.putDeliveredRefs(mirror.id, notes);
    await tx.insertRunOutcomes(claim.run.id, outcomes);
    const ended = { finishedAt: at, counts, receivedBytes: bytes.received, sentBytes: bytes.sent };
    const run: Run = { ...claim.run, status: 'finished', ...ended };
    await tx.saveRun(run);
    const after = transition(
      mirror,
      { type: 'succeeded', at, counts, listed: listing.digest, digest, upstreamDefaultBranch, held, proof },
      await currentSchedule(tx, policy),
    );
    await tx.saveMirror(await recordNotices(tx, { before: mirror, after, run, outcomes }));
  });
  context.log.info(
    { counts, receivedBytes: bytes.received, sentBytes: bytes.sent, held: heldBack?.reasons.map(({ code }) => code) },
    'run finished',
  );
  context.notices.publish(claim.mirror.id, { type: 'run.finished', runId: claim.run.id, counts });
}

/** A dry run: its outcomes are what the next run would do. Nothing of the mirror changes. */
export async function recordPlan(
  context: SyncContext,
  planned: Pick<Delivered, 'outcomes' | 'unchanged' | 'skipped'>,
): Promise<void> {
  const { claim, policy, bytes } = context;
  const counts = countOutcomes(planned.outcomes, planned.unchanged, planned.skipped);
  await claim.write(async (tx, mirror) => {
    const finishedAt = await tx.now();
    await tx.insertRunOutcomes(claim.run.id, planned.outcomes);
    await tx.saveRun({ ...claim.run, status: 'finished', finishedAt, counts, receivedBytes: bytes.received });
    await tx.saveMirror(transition(mirror, { type: 'looked' }, policy));
  });
  context.notices.publish(claim.mirror.id, { type: 'run.finished', runId: claim.run.id, counts });
}

export async function recordFailure(context: SyncContext, error: HeadwaterError): Promise<void> {
  const { claim, policy, bytes, log } = context;
  // Damage may sit in the cache; without it the next run fetches everything anew.
  if (error.code === 'upstream_corrupt') await context.cache.remove(claim.mirror.id);
  const fault = error.toFault();
  const ended = await claim.write(async (tx, mirror) => {
    const at = await tx.now();
    const ended = { finishedAt: at, error: fault, receivedBytes: bytes.received, sentBytes: bytes.sent };
    const run: Run = { ...claim.run, status: 'failed', ...ended };
    await tx.saveRun(run);
    const failed =
      claim.run.cause === 'plan'
        ? transition(mirror, { type: 'looked' }, policy)
        : transition(
            mirror,
            { type: 'failed', at, fault, retryAfterMs: error.retryAfterMs },
            await currentSchedule(tx, policy),
          );
    await tx.saveMirror(await recordNotices(tx, { before: mirror, after: failed, run, outcomes: [] }));
    return failed;
  });
  const fields = { code: error.code, failures: ended.failures, paused: ended.pause?.reason };
  if (error.kind === 'bug') log.error({ ...fields, err: error.cause ?? error }, 'run failed');
  else if (ended.pause !== null) log.warn(fields, 'run failed, mirror is paused');
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
