import { HeadwaterError } from '../../domain/errors';
import { shortName, type RefName } from '../../domain/git-ref';
import { portionUpdates, reasonOf, type DeliveredRef, type RefUpdate } from '../../domain/ref-plan';
import type { RefOutcome } from '../../domain/run';
import type { ForgeProject, PushRequest, PushResult } from '../../ports/forge';
import type { RefListing } from '../../ports/upstream';
import { tellProgress, type SyncContext } from '../sync-context';
import { together } from '../together';
import type { ImportLane } from './import-lane';
import { keepBackups } from './keep-backups';
import type { Decision } from './plan-updates';
import type { ForgeState } from './read-forge';
import { sameProject } from './same-project';

export interface Delivery extends Decision {
  /** What of the upstream is mirrored. */
  readonly chosen: RefListing;
  readonly forge: ForgeState;
  readonly cacheDir: string;
  /** May have brought the first of it already. */
  readonly lane: ImportLane;
}

/** Pushes the plan in portions. Each is noted as intended before and as delivered after, both under the claim. */
export async function deliverUpdates(context: SyncContext, delivery: Delivery): Promise<RefOutcome[]> {
  const { plan, chosen, forge } = delivery;
  const first = isImport(context, delivery) ? chosen.defaultBranch : null;
  const outcomes: RefOutcome[] = [];
  const planned = portionUpdates(plan.updates, first, context.portionSize);
  const { portions, lane } = await delivery.lane.board(planned);
  let isFirst = true;
  const report = (bytes: number) =>
    tellProgress(context, { phase: 'pushing', done: outcomes.length, total: plan.updates.length, bytes });

  // Later, what the project's default branch is may be somebody's choice.
  const isNew = context.claim.mirror.lastSuccessAt === null;
  if (first !== null && isNew && forge.listing.refs.has(first))
    outcomes.push(...(await giveDefaultBranch(context, forge.project, first)));
  for (const portion of portions) {
    report(context.bytes.sent);
    const { kept, refused } = await keepBackups(context, forge.project, portion);
    outcomes.push(...refused);
    if (kept.length === 0) continue;
    // A push may use the forge's listing only while nothing was moved since; a backup counts as that.
    const listing = isFirst && kept === portion ? forge.listing : undefined;
    const push = (request: PushRequest) =>
      isFirst && lane !== null ? lane.push(request) : context.forge.push(request);
    const pushed = await pushPortion(context, delivery, { updates: kept, listing, push, report });
    isFirst = false;
    outcomes.push(...pushed);
    const arrived = pushed.some((outcome) => outcome.ref === first && isArrived(outcome));
    if (first !== null && arrived) outcomes.push(...(await giveDefaultBranch(context, forge.project, first)));
  }
  return outcomes;
}

/**
 * The project was empty, or all that stands in it came from first runs that were cut short or could not deliver the default
 * branch, as when its LFS objects were missing.
 */
function isImport({ claim }: SyncContext, { forge, delivered }: Delivery): boolean {
  if (claim.mirror.defaultBranchSet !== null) return false;
  return [...forge.listing.refs.keys()].every((ref) => delivered.get(ref)?.created === true);
}

/**
 * The forge has made the first branch of an empty project its default already, where the project's settings named it. A
 * refusal is told as the outcome of HEAD, holds up nothing, and is tried again as long as nobody chose another branch (HOST-06).
 */
export async function giveDefaultBranch(
  context: SyncContext,
  project: ForgeProject,
  branch: RefName,
): Promise<RefOutcome[]> {
  const { forge, claim } = context;
  const note = (set: RefName) => claim.write((tx, mirror) => tx.saveMirror({ ...mirror, defaultBranchSet: set }));
  try {
    if (project.defaultBranch !== shortName(branch)) await forge.setDefaultBranch(project, branch);
    await note(branch);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof HeadwaterError) || thrown.code !== 'forge_default_branch_denied') throw thrown;
    const { defaultBranch } = await forge.project(project.id);
    await note(`refs/heads/${defaultBranch}`);
    return [{ ref: 'HEAD', oldOid: null, newOid: null, action: 'rejected', reason: thrown.toFault() }];
  }
}

interface Portion extends Pick<PushRequest, 'updates' | 'listing'> {
  readonly push: (request: PushRequest) => Promise<PushResult>;
  readonly report: (bytes: number) => void;
}

async function pushPortion(
  context: SyncContext,
  delivery: Delivery,
  { updates: portion, listing, push, report }: Portion,
): Promise<readonly RefOutcome[]> {
  const { claim } = context;
  const before = (update: RefUpdate): DeliveredRef => {
    const known = delivery.delivered.get(update.ref);
    return {
      oid: known?.oid ?? null,
      intended: null,
      created: update.action === 'created' || (known?.created ?? false),
    };
  };
  const note = (entries: [RefName, DeliveredRef][]) =>
    claim.write((tx, mirror) => tx.putDeliveredRefs(mirror.id, new Map(entries)));

  context.signal.throwIfAborted();
  // The forge is asked while the intentions are written down.
  const [project] = await together(
    context.signal,
    () => sameProject(context, delivery.forge.project),
    () => note(portion.map((update) => [update.ref, { ...before(update), intended: update.newOid }])),
  );
  const alreadySent = context.bytes.sent;
  const result = await push({
    project,
    listing,
    cacheDir: delivery.cacheDir,
    updates: portion,
    // Counted as it goes: of a push that breaks off, the forge may have taken what it got.
    onProgress: ({ bytes }) => {
      context.bytes.sent = alreadySent + bytes;
      report(context.bytes.sent);
    },
    signal: context.signal,
  });
  context.bytes.sent = alreadySent + result.sentBytes;
  await note(
    portion.map((update, index) => {
      const arrived = isArrived(result.outcomes[index]);
      return [update.ref, { ...before(update), ...(arrived ? { oid: update.newOid } : {}) }];
    }),
  );
  return result.outcomes.map((outcome, index) => {
    const update = portion[index];
    return update !== undefined && isArrived(outcome) ? { ...outcome, reason: reasonOf(update) } : outcome;
  });
}

export function isArrived(outcome: RefOutcome | undefined): boolean {
  return outcome !== undefined && outcome.action !== 'diverged' && outcome.action !== 'rejected';
}
