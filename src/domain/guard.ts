import { fault, type Fault } from './errors';
import { isTag, shortName, type Oid, type RefMap, type RefName } from './git-ref';
import { isDestructive } from './held-plan';
import type { AncestryQuestion, DeliveredRef, RefPlan } from './ref-plan';
import type { RefOutcome } from './run';

/** What the guards compare (DATA-01 to DATA-06). */
export interface GuardInput {
  /** Everything that the upstream lists, mirrored or not. */
  readonly listed: RefMap;
  /** The upstream's default branch when a run last finished. */
  readonly knownDefault: RefName | null;
  readonly delivered: ReadonlyMap<RefName, DeliveredRef>;
  /** Does the mirror look after a ref of this name? */
  readonly inScope: (ref: RefName) => boolean;
  readonly plan: RefPlan;
  /** No run has finished yet, or the first ones were held for that: what the project has, it had before. */
  readonly firstRun: boolean;
  /** Branches of `historyQuestions` that share no history with what was there. */
  readonly unrelated: readonly RefName[];
}

/** Refs that Headwater delivered and the upstream lacks all of a sudden. */
export function lostRefs(input: Pick<GuardInput, 'listed' | 'delivered' | 'inScope'>): RefName[] {
  return standingRefs(input).filter((ref) => !input.listed.has(ref));
}

/** Why the plan must be held; empty: it need not be. */
export function guardPlan(input: GuardInput): Fault[] {
  const { listed, plan, knownDefault } = input;
  const reasons: Fault[] = [];
  const total = standingRefs(input).length;
  const lost = Math.max(lostRefs(input).length, plan.updates.filter((update) => update.newOid === null).length);
  if (listed.size === 0 && total > 0) reasons.push(fault('held_upstream_emptied', { total }));
  else if (lost > Math.max(10, total * 0.2))
    reasons.push(fault('held_refs_lost', { lost, total: Math.max(lost, total) }));
  const known = knownDefault === null ? undefined : input.delivered.get(knownDefault);
  if (listed.size > 0 && knownDefault !== null && !listed.has(knownDefault) && known?.gone !== true)
    reasons.push(fault('held_default_branch_lost', { branch: shortName(knownDefault) }));
  const [branch] = input.unrelated;
  if (branch !== undefined) reasons.push(fault('held_unrelated_history', { branch: shortName(branch) }));
  const forced = plan.updates.filter((update) => update.action === 'forced');
  const foreign = forced.filter((update) => input.delivered.get(update.ref)?.oid !== update.oldOid);
  if (input.firstRun && foreign.length > 0) reasons.push(fault('held_first_overwrite', { count: foreign.length }));
  return reasons;
}

/** Another repository behind the same address: the default branch tells, and without it, all that both sides have. */
const mostQuestions = 50;

/**
 * Which old and new values to compare for common history: those of the upstream's default branch if it was delivered and no
 * longer moves forward; without one, those of all such branches if no branch moves forward or stayed.
 */
export function historyQuestions(
  input: Pick<GuardInput, 'listed' | 'delivered' | 'plan'>,
  forge: RefMap,
  upstreamDefault: RefName | null,
): readonly (AncestryQuestion & { readonly ref: RefName })[] {
  const stuck = new Map<RefName, { oldOid: Oid; newOid: Oid }>();
  for (const { ref, oldOid, newOid, action } of [...input.plan.updates, ...input.plan.leftAlone]) {
    if (isTag(ref) || oldOid === null || newOid === null || (action !== 'forced' && action !== 'diverged')) continue;
    // What somebody else put there is not the upstream's past.
    if (input.delivered.get(ref)?.oid === oldOid) stuck.set(ref, { oldOid, newOid });
  }
  const main = upstreamDefault === null ? undefined : stuck.get(upstreamDefault);
  if (upstreamDefault !== null && main !== undefined) return [{ ref: upstreamDefault, ...main }];
  if (upstreamDefault !== null && forge.has(upstreamDefault)) return [];
  const common = [...input.listed.keys()].filter((ref) => !isTag(ref) && forge.has(ref));
  if (common.some((ref) => !stuck.has(ref))) return [];
  return [...stuck].slice(0, mostQuestions).map(([ref, oids]) => ({ ref, ...oids }));
}

/** Of the answers to `historyQuestions`, what the guard wants to know: one that shares history clears all. */
export function unrelatedBranches(
  questions: readonly { readonly ref: RefName }[],
  related: readonly boolean[],
): RefName[] {
  return related.some(Boolean) ? [] : questions.map((question) => question.ref);
}

/** The plan without what it would overwrite or delete; new refs and forward moves still go. */
export function withhold(plan: RefPlan, reasons: readonly Fault[]): RefPlan {
  const why = reasons[0]?.message;
  const held = plan.updates.filter(isDestructive).map(({ ref, oldOid, newOid }): RefOutcome => ({
    ref,
    oldOid,
    newOid,
    action: 'diverged',
    reason: fault('held_back', { ref, why }),
  }));
  return {
    ...plan,
    updates: plan.updates.filter((update) => !isDestructive(update)),
    leftAlone: [...plan.leftAlone, ...held],
  };
}

function standingRefs({ delivered, inScope }: Pick<GuardInput, 'delivered' | 'inScope'>): RefName[] {
  return [...delivered]
    .filter(([ref, one]) => one.oid !== null && one.gone !== true && inScope(ref))
    .map(([ref]) => ref);
}
