import { fault, type Fault } from './errors';
import { conflictingRef, foldersOf, isTag, type Oid, type RefMap, type RefName } from './git-ref';
import { overwrites, type Divergence } from './mirror-options';
import type { RefOutcome } from './run';

/** What Headwater remembers of a ref that it pushed. */
export interface DeliveredRef {
  /** The value last pushed; null while the first push of it is unconfirmed. */
  readonly oid: Oid | null;
  /** Written before a push, cleared after it: after a crash, tells our own push from somebody else's. */
  readonly intended: Oid | null;
  /** Headwater created the ref; it was not there before. */
  readonly created: boolean;
  /** The upstream no longer has the ref, and that was noticed and taken as it is. */
  readonly gone?: boolean;
}

/** A ref to push, with the exact value that it must have in the forge until then. */
export interface RefUpdate {
  readonly ref: RefName;
  /** null: the ref must not exist. */
  readonly oldOid: Oid | null;
  /** null: the ref is deleted. */
  readonly newOid: Oid | null;
  readonly action: 'created' | 'fast_forwarded' | 'forced' | 'deleted';
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
  readonly divergence: Divergence;
  /** Refs that the upstream deleted and that shall be deleted here too, if they are ours (`deletableRefs`). */
  readonly deletable: readonly RefName[];
  /** The project's default branch: a forge never deletes it. */
  readonly forgeDefault: RefName | null;
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

  const deletions = planDeletions(input, leftAlone);
  updates.push(...deletions);
  const taken = new Set(input.forge.keys());
  for (const { ref } of deletions) taken.delete(ref);
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
    if (overwrites(input.divergence)) {
      updates.push({ ref, oldOid, newOid, action: 'forced' });
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
 * would take another branch for the default, it goes alone. Deletions come last and by themselves, since a tag that is deleted
 * beside one that is added confuses a forge; only those that make room for a new name come before it.
 */
export function portionUpdates(updates: readonly RefUpdate[], first: RefName | null, size: number): RefUpdate[][] {
  const moves = updates.filter((update) => update.newOid !== null);
  const [freeing, deletions] = splitDeletions(updates, moves);
  const leading = moves.filter((update) => update.ref === first);
  const rest = moves.filter((update) => update.ref !== first);
  const alone = leading.length > 0 && !isObviousDefault(first, rest);
  return [
    ...chunk(freeing, size),
    ...(alone ? [leading] : []),
    ...chunk(alone ? rest : [...leading, ...rest], size),
    ...chunk(deletions, size),
  ];
}

/**
 * Gitea and Forgejo make `main` or `master` the default of an empty repository when the first push has one of them (the
 * last, if it has both), and otherwise the first branch (routers/private/hook_post_receive.go).
 */
function isObviousDefault(first: RefName | null, rest: readonly RefUpdate[]): boolean {
  const usual = ['refs/heads/main', 'refs/heads/master'];
  return first !== null && usual.includes(first) && !rest.some((update) => usual.includes(update.ref));
}

/** Those that make room for a name to be created, and all others. */
function splitDeletions(updates: readonly RefUpdate[], moves: readonly RefUpdate[]): [RefUpdate[], RefUpdate[]] {
  const names = new Set(moves.filter((update) => update.oldOid === null).map((update) => update.ref));
  const folders = foldersOf(names);
  const freeing: RefUpdate[] = [];
  const others: RefUpdate[] = [];
  for (const update of updates) {
    if (update.newOid !== null) continue;
    (conflictingRef(update.ref, names, folders) === undefined ? others : freeing).push(update);
  }
  return [freeing, others];
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
  return chunks;
}

/** Of the refs that the upstream deleted, those that Headwater created and that nobody moved since. */
function planDeletions(input: PlanInput, leftAlone: RefOutcome[]): RefUpdate[] {
  const updates: RefUpdate[] = [];
  for (const ref of input.deletable) {
    const oldOid = input.forge.get(ref);
    const ours = input.delivered.get(ref);
    if (oldOid === undefined || input.upstream.has(ref) || ours?.created !== true || ours.oid !== oldOid) continue;
    if (ref === input.forgeDefault)
      leftAlone.push({
        ref,
        oldOid,
        newOid: null,
        action: 'rejected',
        reason: fault('default_branch_kept', { ref }),
      });
    else updates.push({ ref, oldOid, newOid: null, action: 'deleted' });
  }
  return updates;
}

/** Why a ref is replaced or deleted, for those who read the run or the plan. */
export function reasonOf(update: Pick<RefUpdate, 'ref' | 'action'>): Fault | null {
  if (update.action === 'forced')
    return fault(isTag(update.ref) ? 'tag_replaced' : 'history_replaced', { ref: update.ref });
  return update.action === 'deleted' ? fault('deleted_upstream', { ref: update.ref }) : null;
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
