import { toHeadwaterError } from '../domain/errors';
import type { RefName } from '../domain/git-ref';
import { isHead } from '../domain/pull-request';
import { announceTask } from '../domain/pull-request-plan';
import { reasonOf, type DeliveredRef } from '../domain/ref-plan';
import type { Logger } from '../ports/logger';
import type { RunJob } from '../ports/run-queue';
import type { RefListing } from '../ports/upstream';
import { claimRun, letGo } from './claim';
import { withoutForge } from './forge-outage';
import { keepLease } from './keep-lease';
import type { SyncContext, SyncDeps } from './sync-context';
import { chooseRefs, dropStrayTags, type ChosenRefs } from './steps/choose-refs';
import { copyLfs } from './steps/copy-lfs';
import { deliverUpdates, type Delivery } from './steps/deliver-updates';
import { fetchObjects } from './steps/fetch-objects';
import { followDefaultBranch } from './steps/follow-default-branch';
import { ImportLane } from './steps/import-lane';
import { listUpstream, nothingNew } from './steps/list-upstream';
import { nameRules } from './steps/name-rules';
import { planUpdates, type Decision } from './steps/plan-updates';
import { proveDelivery } from './steps/prove-delivery';
import { finishOffer, planOffer, prepareOffer, type Offer } from './steps/pull-requests';
import { pruneBackups } from './steps/prune-backups';
import { readForge } from './steps/read-forge';
import { recordFailure, recordPlan, recordRelease, recordSuccess } from './steps/record';
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
    const lease = keepLease({ ...deps, log }, claim, shutdown);
    const context: SyncContext = { ...deps, log, claim, signal: lease.signal, bytes: { received: 0, sent: 0 } };
    try {
      deps.notices.publish(job.mirrorId, { type: 'run.started', runId: job.runId });
      await follow(context);
    } catch (thrown) {
      // What made us stop is the truth; the error that the stopping caused is not.
      const reason: unknown = lease.signal.aborted ? lease.signal.reason : thrown;
      if (shutdown.aborted) await recordRelease(context);
      else await recordFailure(context, await withoutForge(deps.forge, toHeadwaterError(reason)));
    } finally {
      lease.stop();
    }
  } catch (thrown) {
    const error = toHeadwaterError(thrown);
    if (error.code === 'run_superseded') return endSuperseded(deps, job, log);
    log.warn({ code: error.code, err: error.cause ?? error }, 'outcome of the run could not be recorded');
  }
}

async function endSuperseded(deps: SyncDeps, { mirrorId }: RunJob, log: Logger): Promise<void> {
  log.info({}, 'run was superseded');
  await letGo(deps, mirrorId).catch((thrown: unknown) => {
    log.warn({ code: toHeadwaterError(thrown).code }, 'the lease ends by itself');
  });
}

async function follow(context: SyncContext): Promise<void> {
  const listing = await listUpstream(context);
  // Where there is nothing to do, the refs themselves are not looked at: a large listing need not even be parsed then.
  if (nothingNew(context, listing)) {
    await pruneBackups(context);
    return recordNothingNew(context, listing);
  }
  const before = await chooseRefs(context, listing);
  const lane = new ImportLane(context, before.listing);
  try {
    await bring(context, listing, before, lane);
  } finally {
    lane.close();
  }
}

async function bring(context: SyncContext, listing: RefListing, before: ChosenRefs, lane: ImportLane): Promise<void> {
  const [cacheDir, forge] = await together(
    context.signal,
    (signal) => fetchObjects(context, before.listing, lane.takePack, signal),
    (signal) => lane.prepare(readForge(context, signal)),
  );
  const chosen = await dropStrayTags(context, before.listing);
  const planned = await planUpdates(context, { listing, chosen, scope: before.scope, forge });
  const skipped = listing.refs.size - chosen.refs.size;
  const offer = await planOffer(context, planned, forge);
  if (context.claim.run.cause === 'plan') return recordDryRun(context, offer, skipped);

  const decision = await copyLfs(context, offer.decision, { listing: chosen, forge, cacheDir });
  const { updates, leftAlone, unchanged } = decision.plan;
  const failed = await prepareOffer(context, forge, offer, decision);
  const delivery: Delivery = { ...decision, chosen, forge, cacheDir, lane };
  const pushed = await nameRules(context, forge, updates, await deliverUpdates(context, delivery));
  const proven = await proveDelivery(context, forge, pushed);
  const head = await followDefaultBranch(context, delivery, proven);
  const notes = lossNotes(decision, listing);
  await pruneBackups(context);
  const outcomes = await finishOffer(context, forge, offer, failed, [...proven, ...head, ...leftAlone]);
  const mirrored = chosen.refs;
  return recordSuccess(context, listing, { outcomes, unchanged, skipped, mirrored, held: decision.held, notes });
}

function recordDryRun(context: SyncContext, { decision, tasks }: Offer, skipped: number): Promise<void> {
  const { updates, leftAlone, unchanged } = decision.plan;
  const planned = updates.filter(({ ref }) => !isHead(ref)).map((update) => ({ ...update, reason: reasonOf(update) }));
  const announced = new Map(tasks.map((task) => [task.branch, announceTask(task)]));
  const left = leftAlone.map((outcome) => ({ ...outcome, reason: announced.get(outcome.ref) ?? outcome.reason }));
  return recordPlan(context, { outcomes: [...planned, ...left], unchanged, skipped });
}

/** The stray tags of the last run are not looked for again: it is known that there is nothing to do. */
async function recordNothingNew(context: SyncContext, listing: RefListing): Promise<void> {
  const skipped = context.claim.mirror.lastCounts?.skipped ?? (await countLeftOut(context, listing));
  const unchanged = listing.refs.size - skipped;
  const nothing = { outcomes: [], mirrored: null, held: null, notes: new Map() };
  return recordSuccess(context, listing, { ...nothing, unchanged, skipped });
}

async function countLeftOut(context: SyncContext, listing: RefListing): Promise<number> {
  return listing.refs.size - (await chooseRefs(context, listing)).listing.refs.size;
}

/** What the upstream lost is taken as it is, unless a guard objects; what it has again counts again. */
function lossNotes({ plan, delivered, held, lost }: Decision, listing: RefListing): Map<RefName, DeliveredRef> {
  const notes = new Map<RefName, DeliveredRef>();
  const taken = held === null ? new Set(lost) : new Set();
  for (const [ref, note] of delivered) {
    if (taken.has(ref)) notes.set(ref, { ...note, gone: true });
    else if (note.gone === true && listing.refs.has(ref)) notes.set(ref, { ...note, gone: false });
  }
  // What was pushed in this run has a newer note.
  for (const { ref } of plan.updates) notes.delete(ref);
  return notes;
}
