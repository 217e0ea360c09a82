import type { Fault } from './errors';
import type { Oid, RefMap } from './git-ref';
import type { RefPlan } from './ref-plan';
import type { RefOutcome } from './run';

export interface LfsQuestionInput {
  readonly plan: RefPlan;
  readonly upstream: RefMap;
  readonly forge: RefMap;
  /** Tips whose LFS objects are known to be in the forge, all of them. */
  readonly complete: ReadonlySet<Oid>;
}

/** Where to look for LFS pointers. */
export interface LfsQuestion {
  /** Tips that are about to be pushed, or stand in the forge without being known as complete. */
  readonly wanted: ReadonlySet<Oid>;
  /** Tips in the forge that are complete: what they reach needs no look. */
  readonly have: ReadonlySet<Oid>;
}

/**
 * A tip counts as complete only while a ref of the forge has it: what no ref needs, the forge may throw away. Refs that
 * arrived while LFS was off, or by another hand, are looked at once.
 */
export function lfsQuestion({ plan, upstream, forge, complete }: LfsQuestionInput): LfsQuestion {
  const have = new Set<Oid>();
  for (const oid of forge.values()) if (complete.has(oid)) have.add(oid);
  const wanted = new Set<Oid>();
  // A deletion brings nothing.
  for (const { newOid } of plan.updates) if (newOid !== null && !have.has(newOid)) wanted.add(newOid);
  for (const [ref, oid] of upstream) if (forge.get(ref) === oid && !have.has(oid)) wanted.add(oid);
  return { wanted, have };
}

/**
 * The tips that the walk of the history may stop at: those that the updates start from, and a bounded number of others,
 * because each costs time and the first ones matter most.
 */
export function stoppingTips(plan: RefPlan, have: ReadonlySet<Oid>, limit: number): Oid[] {
  const chosen = new Set<Oid>();
  for (const { oldOid } of plan.updates) if (oldOid !== null && have.has(oldOid)) chosen.add(oldOid);
  for (const oid of have) {
    if (chosen.size >= limit) break;
    chosen.add(oid);
  }
  return [...chosen].slice(0, limit);
}

/**
 * Takes out of the plan what needs an object that the forge lacks (`faults`, by tip). A ref that has its value already
 * cannot be held back, and is reported all the same: a run is complete only when refs and objects are.
 */
export function holdBack(plan: RefPlan, refs: Pick<LfsQuestionInput, 'upstream' | 'forge'>, faults: Faults): RefPlan {
  if (faults.size === 0) return plan;
  const held: RefOutcome[] = [];
  for (const { ref, oldOid, newOid } of plan.updates) {
    const reason = faultOf(newOid, faults);
    if (reason !== undefined) held.push({ ref, oldOid, newOid, action: 'rejected', reason });
  }
  const incomplete: RefOutcome[] = [];
  for (const [ref, oid] of refs.upstream) {
    const reason = faults.get(oid);
    if (reason !== undefined && refs.forge.get(ref) === oid)
      incomplete.push({ ref, oldOid: oid, newOid: oid, action: 'rejected', reason });
  }
  return {
    ...plan,
    updates: plan.updates.filter(({ newOid }) => faultOf(newOid, faults) === undefined),
    leftAlone: [...plan.leftAlone, ...held, ...incomplete],
    unchanged: plan.unchanged - incomplete.length,
  };
}

function faultOf(tip: Oid | null, faults: Faults): Fault | undefined {
  return tip === null ? undefined : faults.get(tip);
}

/** Why a tip cannot be complete. */
type Faults = ReadonlyMap<Oid, Fault>;
