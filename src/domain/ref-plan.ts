import { fault } from './errors';
import { conflictingRef, foldersOf, isTag, type Oid, type RefMap, type RefName } from './git-ref';
import type { RefOutcome } from './run';

/** What Headwater remembers of a ref that it pushed. */
export interface DeliveredRef {
  /** The value last pushed; null while the first push of it is unconfirmed. */
  readonly oid: Oid | null;
  /** Written before a push, cleared after it: after a crash, tells our own push from somebody else's. */
  readonly intended: Oid | null;
  /** Headwater created the ref; it was not there before. */
  readonly created: boolean;
}

/** A ref to push, with the exact value that it must have in the forge until then. */
export interface RefUpdate {
  readonly ref: RefName;
  /** null: the ref must not exist. */
  readonly oldOid: Oid | null;
  readonly newOid: Oid;
  readonly action: 'created' | 'fast_forwarded';
}

/** A value, decided from what was read and from nothing else: what to push, and what to leave alone and why. */
export interface RefPlan {
  readonly updates: readonly RefUpdate[];
  readonly leftAlone: readonly RefOutcome[];
  /** How many refs already have the upstream's value. */
  readonly unchanged: number;
  /** Refs whose push was under way when a worker died, and which did arrive. */
  readonly confirmed: readonly RefName[];
}

export interface PlanInput {
  readonly upstream: RefMap;
  /** Names in the upstream's listing that git does not allow. */
  readonly invalidNames: readonly string[];
  readonly forge: RefMap;
  readonly delivered: ReadonlyMap<RefName, DeliveredRef>;
}

/** A question about history: is `old` part of the history of `new`? */
export interface AncestryQuestion {
  readonly oldOid: Oid;
  readonly newOid: Oid;
}

/** The questions that planRefs will ask: branches that differ. Tags never move forward, they move. */
export function ancestryQuestions(input: Pick<PlanInput, 'upstream' | 'forge'>): AncestryQuestion[] {
  const questions: AncestryQuestion[] = [];
  for (const [ref, newOid] of input.upstream) {
    const oldOid = input.forge.get(ref);
    if (oldOid !== undefined && oldOid !== newOid && !isTag(ref)) questions.push({ oldOid, newOid });
  }
  return questions;
}

/** Decides, ref by ref. `isAncestor` answers the questions of `ancestryQuestions`. */
export function planRefs(input: PlanInput, isAncestor: (question: AncestryQuestion) => boolean): RefPlan {
  const updates: RefUpdate[] = [];
  const leftAlone: RefOutcome[] = [];
  const confirmed: RefName[] = [];
  let unchanged = 0;

  const taken = new Set(input.forge.keys());
  const folders = foldersOf(taken);

  for (const [ref, newOid] of input.upstream) {
    const oldOid = input.forge.get(ref) ?? null;
    const ours = input.delivered.get(ref);
    if (oldOid === newOid) {
      unchanged += 1;
      if (ours?.intended === newOid) confirmed.push(ref);
      continue;
    }
    if (oldOid === null) {
      const other = conflictingRef(ref, taken, folders);
      if (other !== undefined) {
        leftAlone.push({ ref, oldOid, newOid, action: 'rejected', reason: fault('ref_conflict', { ref, other }) });
        continue;
      }
      updates.push({ ref, oldOid, newOid, action: 'created' });
      taken.add(ref);
      for (const [folder, name] of foldersOf([ref])) if (!folders.has(folder)) folders.set(folder, name);
      continue;
    }
    if (!isTag(ref) && isAncestor({ oldOid, newOid })) {
      // Nothing can be lost: whoever put the old value there, the new one contains it.
      updates.push({ ref, oldOid, newOid, action: 'fast_forwarded' });
      continue;
    }
    leftAlone.push({ ref, oldOid, newOid, action: 'diverged', reason: fault(divergence(ref, oldOid, ours), { ref }) });
  }

  for (const name of input.invalidNames) {
    leftAlone.push({ ref: name, oldOid: null, newOid: null, action: 'rejected', reason: fault('ref_name_invalid') });
  }
  return { updates, leftAlone, unchanged, confirmed };
}

/**
 * Updates in the order and the portions in which they are pushed. A forge spends processes on every ref, and one refused
 * ref refuses its whole portion, so portions stay small. `first`, the default branch of an import, leads; where the forge
 * would take another branch for the default, it goes alone.
 */
export function portionUpdates(updates: readonly RefUpdate[], first: RefName | null, size: number): RefUpdate[][] {
  const leading = updates.filter((update) => update.ref === first);
  const rest = updates.filter((update) => update.ref !== first);
  const alone = leading.length > 0 && !isObviousDefault(first, rest);
  const portions: RefUpdate[][] = alone ? [leading] : [];
  const others = alone ? rest : [...leading, ...rest];
  for (let at = 0; at < others.length; at += size) portions.push(others.slice(at, at + size));
  return portions;
}

/**
 * Gitea and Forgejo make `main` or `master` the default of an empty repository when the first push has one of them (the
 * last, if it has both), and otherwise the first branch (routers/private/hook_post_receive.go).
 */
function isObviousDefault(first: RefName | null, rest: readonly RefUpdate[]): boolean {
  const usual = ['refs/heads/main', 'refs/heads/master'];
  return first !== null && usual.includes(first) && !rest.some((update) => usual.includes(update.ref));
}

function divergence(
  ref: RefName,
  oldOid: Oid,
  ours: DeliveredRef | undefined,
): 'tag_moved' | 'rewritten_upstream' | 'moved_in_forge' {
  if (isTag(ref)) return 'tag_moved';
  return ours !== undefined && (ours.oid === oldOid || ours.intended === oldOid)
    ? 'rewritten_upstream'
    : 'moved_in_forge';
}
