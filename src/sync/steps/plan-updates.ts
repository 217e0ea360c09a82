import { createHash } from 'node:crypto';
import type { Fault } from '../../domain/errors';
import type { RefName } from '../../domain/git-ref';
import { guardPlan, historyQuestions, lostRefs, unrelatedBranches, withhold } from '../../domain/guard';
import { holdsFirstRun, isDestructive, shownRefs, type HeldPlan } from '../../domain/held-plan';
import { deletableRefs, type MirrorScope } from '../../domain/mirror-scope';
import {
  ancestryQuestions,
  planRefs,
  reasonOf,
  type AncestryQuestion,
  type DeliveredRef,
  type RefPlan,
} from '../../domain/ref-plan';
import type { RefListing } from '../../ports/upstream';
import type { SyncContext } from '../sync-context';
import type { ForgeState } from './read-forge';

export interface Decision {
  readonly plan: RefPlan;
  /** What Headwater pushed before this run. */
  readonly delivered: ReadonlyMap<RefName, DeliveredRef>;
  /** What the guards held back; null: nothing, or it was accepted. */
  readonly held: Omit<HeldPlan, 'at'> | null;
  /** Refs that the upstream no longer has. */
  readonly lost: readonly RefName[];
}

export interface PlanSubject {
  /** All that the upstream has. */
  readonly listing: RefListing;
  /** What of it is mirrored. */
  readonly chosen: RefListing;
  readonly scope: MirrorScope;
  readonly forge: ForgeState;
}

/** Reads what the decision needs, then decides purely: first what could be done, then what a guard holds back. */
export async function planUpdates(context: SyncContext, subject: PlanSubject): Promise<Decision> {
  const { store, claim } = context;
  const { listing, scope, forge } = subject;
  const delivered = new Map(await store.deliveredRefs(claim.mirror.id));
  const plan = await planWithHistory(context, subject, delivered);
  if (plan.confirmed.length > 0 && claim.run.cause !== 'plan') await noteConfirmed(context, forge, plan, delivered);

  const lost = lostRefs({ listed: listing.refs, delivered, inScope: scope });
  const reasons = await askGuards(context, subject, plan, delivered);
  if (reasons.length === 0) return { plan, delivered, held: null, lost };
  const held = heldPlan(context, plan, reasons, lost);
  const before = claim.mirror.held;
  if (before?.accepted === true && before.id === held.id) return { plan, delivered, held: null, lost };
  return { plan: withhold(plan, reasons), delivered, held, lost };
}

async function planWithHistory(
  { cache, claim }: SyncContext,
  { listing, chosen, scope, forge }: PlanSubject,
  delivered: ReadonlyMap<RefName, DeliveredRef>,
): Promise<RefPlan> {
  const { id, options } = claim.mirror;
  const forgeRefs = forge.listing.refs;
  const questions = ancestryQuestions({ upstream: chosen.refs, forge: forgeRefs });
  const answers = questions.length === 0 ? [] : await cache.areAncestors(id, questions);
  const ancestors = new Set(questions.filter((_, index) => answers[index] === true).map(keyOf));
  const input = {
    upstream: chosen.refs,
    invalidNames: chosen.invalidNames,
    forge: forgeRefs,
    delivered,
    divergence: options.divergence,
    deletable: options.deletions === 'follow' ? deletableRefs(listing.refs, delivered, scope) : [],
    forgeDefault: `refs/heads/${forge.project.defaultBranch}`,
  };
  return planRefs(input, (question) => ancestors.has(keyOf(question)));
}

async function askGuards(
  { cache, claim }: SyncContext,
  { listing, chosen, scope, forge }: PlanSubject,
  plan: RefPlan,
  delivered: ReadonlyMap<RefName, DeliveredRef>,
): Promise<Fault[]> {
  const listed = listing.refs;
  const { mirror } = claim;
  const questions = historyQuestions(
    { listed: chosen.refs, delivered, plan },
    forge.listing.refs,
    chosen.defaultBranch,
  );
  const related = questions.length === 0 ? [] : await cache.shareHistory(mirror.id, questions);
  return guardPlan({
    listed,
    knownDefault: mirror.upstreamDefaultBranch,
    delivered,
    inScope: scope,
    plan,
    firstRun: mirror.lastSuccessAt === null || holdsFirstRun(mirror.held),
    unrelated: unrelatedBranches(questions, related),
  });
}

function heldPlan(
  { claim }: SyncContext,
  plan: RefPlan,
  reasons: readonly Fault[],
  lost: readonly RefName[],
): Omit<HeldPlan, 'at'> {
  const { mirror, run } = claim;
  const destructive = plan.updates.filter(isDestructive);
  const parts = [
    mirror.revision,
    reasons.map((reason) => reason.code),
    destructive.map(({ ref, oldOid, newOid }) => `${ref} ${oldOid} ${newOid}`).sort(),
    [...lost].sort(),
  ];
  return {
    id: createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32),
    runId: run.id,
    reasons,
    refs: destructive.slice(0, shownRefs).map((update) => ({ ...update, reason: reasonOf(update) })),
    total: destructive.length,
    lost: lost.slice(0, shownRefs),
    lostTotal: lost.length,
    accepted: false,
  };
}

/** A worker died after the forge had taken these and before it was noted: they are ours. */
async function noteConfirmed(
  { claim }: SyncContext,
  forge: ForgeState,
  plan: RefPlan,
  delivered: Map<RefName, DeliveredRef>,
): Promise<void> {
  const arrived = plan.confirmed.map((ref): [RefName, DeliveredRef] => [
    ref,
    { oid: forge.listing.refs.get(ref) ?? null, intended: null, created: delivered.get(ref)?.created ?? false },
  ]);
  await claim.write((tx, mirror) => tx.putDeliveredRefs(mirror.id, new Map(arrived)));
  for (const [ref, note] of arrived) delivered.set(ref, note);
}

function keyOf(question: AncestryQuestion): string {
  return `${question.oldOid} ${question.newOid}`;
}
