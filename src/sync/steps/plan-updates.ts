import type { RefName } from '../../domain/git-ref';
import {
  ancestryQuestions,
  planRefs,
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
}

/** Reads what the decision needs, then decides purely. */
export async function planUpdates(context: SyncContext, listing: RefListing, forge: ForgeState): Promise<Decision> {
  const { cache, store, claim } = context;
  const delivered = new Map(await store.deliveredRefs(claim.mirror.id));
  const forgeRefs = forge.listing.refs;
  const questions = ancestryQuestions({ upstream: listing.refs, forge: forgeRefs });
  const answers = questions.length === 0 ? [] : await cache.areAncestors(claim.mirror.id, questions);
  const ancestors = new Set(questions.filter((_, index) => answers[index] === true).map(keyOf));
  const input = { upstream: listing.refs, invalidNames: listing.invalidNames, forge: forgeRefs, delivered };
  const plan = planRefs(input, (question) => ancestors.has(keyOf(question)));

  if (plan.confirmed.length > 0) {
    // A worker died after the forge had taken these and before it was noted: they are ours.
    const arrived = plan.confirmed.map((ref): [RefName, DeliveredRef] => [
      ref,
      { oid: forgeRefs.get(ref) ?? null, intended: null, created: delivered.get(ref)?.created ?? false },
    ]);
    await claim.write((tx, mirror) => tx.putDeliveredRefs(mirror.id, new Map(arrived)));
    for (const [ref, note] of arrived) delivered.set(ref, note);
  }
  return { plan, delivered };
}

function keyOf(question: AncestryQuestion): string {
  return `${question.oldOid} ${question.newOid}`;
}
