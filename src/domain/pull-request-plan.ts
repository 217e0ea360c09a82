import { fault, type Fault } from './errors';
import { isTag, isValidRefName, type Oid, type RefMap, type RefName } from './git-ref';
import { headOf, isHead, mostPullRequests, type PullRequestNote } from './pull-request';
import type { DeliveredRef, RefPlan, RefUpdate } from './ref-plan';
import type { RefOutcome } from './run';

/** What is to be done about the pull request of one branch. The head is moved by a push like all others. */
export type PullRequestTask =
  | { readonly kind: 'open'; readonly branch: RefName; readonly oid: Oid }
  | { readonly kind: 'move'; readonly branch: RefName; readonly oid: Oid; readonly note: PullRequestNote }
  /** Somebody closed it for an older state of the upstream. */
  | { readonly kind: 'reopen'; readonly branch: RefName; readonly oid: Oid; readonly note: PullRequestNote }
  /** Nothing is left to be merged. */
  | { readonly kind: 'close'; readonly branch: RefName; readonly note: PullRequestNote };

export interface PullRequestInput {
  /** Without a word of pull requests. */
  readonly plan: RefPlan;
  readonly forge: RefMap;
  readonly delivered: ReadonlyMap<RefName, DeliveredRef>;
  /** The mirror asks for pull requests. If not, those that there are come to their end. */
  readonly wanted: boolean;
  /** With the state that the forge has just told. */
  readonly notes: ReadonlyMap<RefName, PullRequestNote>;
  /** Of `offeredBranches`: does the forge's value contain the upstream's? Those that were not asked about are too many. */
  readonly contained: ReadonlyMap<RefName, boolean>;
}

export interface PullRequestPlan {
  readonly plan: RefPlan;
  readonly tasks: readonly PullRequestTask[];
  /** Notes that hold without a task. */
  readonly notes: readonly PullRequestNote[];
}

/** Branches, never tags, that stay as they are since they cannot move forward. */
export function offeredBranches(plan: RefPlan): (RefOutcome & { readonly newOid: Oid })[] {
  return plan.leftAlone.filter(
    (outcome): outcome is RefOutcome & { newOid: Oid } =>
      outcome.action === 'diverged' && outcome.newOid !== null && outcome.oldOid !== null && !isTag(outcome.ref),
  );
}

/**
 * Decides what becomes of each branch that diverged: offered once in a pull request, which is moved as the upstream moves,
 * and left in peace where somebody closed it, until the upstream has something new. A branch that contains the upstream's
 * value, or whose pull request was merged with it, counts as equal. A head that somebody else pushed to is theirs.
 */
export function planPullRequests(input: PullRequestInput): PullRequestPlan {
  const { plan, forge, delivered, notes } = input;
  const heads: RefUpdate[] = [];
  const tasks: PullRequestTask[] = [];
  const kept: PullRequestNote[] = [];
  const reasons = new Map<RefName, Fault>();
  const settled = new Set<RefName>();
  const alive = new Set<RefName>();
  const isOurs = (head: RefName, oid: Oid) => delivered.get(head)?.oid === oid || delivered.get(head)?.intended === oid;

  const offered = input.wanted ? offeredBranches(plan) : [];
  // Those that are open already have their place.
  let open = offered.filter(({ ref }) => notes.get(ref)?.state === 'open').length;
  for (const { ref: branch, newOid: oid } of offered) {
    const note = notes.get(branch);
    const head = headOf(branch);
    const at = forge.get(head) ?? null;
    if (input.contained.get(branch) === true || (note?.state === 'merged' && note.oid === oid)) {
      settled.add(branch);
      // What was squashed is known as merged by this alone.
      if (note?.state === 'merged') kept.push(note);
      continue;
    }
    alive.add(head);
    if (note?.state === 'closed' && note.oid === oid) {
      kept.push(note);
      reasons.set(branch, fault('pull_request_closed', { ref: branch, number: note.number }));
      continue;
    }
    if (at !== null && at !== oid && !isOurs(head, at)) {
      if (note !== undefined) kept.push(note);
      reasons.set(branch, fault('pull_request_head_moved', { ref: branch, head }));
      continue;
    }
    if (!isValidRefName(head)) {
      reasons.set(branch, fault('pull_request_failed', { ref: branch, why: 'the name of the branch is too long' }));
      continue;
    }
    if (!input.contained.has(branch) || (note?.state !== 'open' && open >= mostPullRequests)) {
      alive.delete(head);
      reasons.set(branch, fault('pull_request_limit', { ref: branch, limit: mostPullRequests }));
      continue;
    }
    if (at !== oid) heads.push({ ref: head, oldOid: at, newOid: oid, action: at === null ? 'created' : 'forced' });
    if (note?.state === 'open') tasks.push({ kind: 'move', branch, oid, note });
    else {
      open += 1;
      // A forge brings a pull request up to date when its head moves, not when that is made anew.
      if (note?.state === 'closed' && at !== null) tasks.push({ kind: 'reopen', branch, oid, note });
      else tasks.push({ kind: 'open', branch, oid });
    }
  }

  for (const note of notes.values())
    if (note.state === 'open' && !alive.has(headOf(note.branch)))
      tasks.push({ kind: 'close', branch: note.branch, note });
  for (const [ref, oid] of forge)
    if (isHead(ref) && !alive.has(ref) && isOurs(ref, oid))
      heads.push({ ref, oldOid: oid, newOid: null, action: 'deleted' });

  const leftAlone = plan.leftAlone
    .filter(({ ref }) => !settled.has(ref))
    .map((outcome) => ({ ...outcome, reason: reasons.get(outcome.ref) ?? outcome.reason }));
  return {
    plan: { ...plan, updates: [...plan.updates, ...heads], leftAlone, unchanged: plan.unchanged + settled.size },
    tasks,
    notes: kept,
  };
}

/** What a dry run says of a task; null: nothing that a branch would be told of. */
export function announceTask(task: PullRequestTask): Fault | null {
  const { branch: ref } = task;
  if (task.kind === 'close') return null;
  if (task.kind === 'open') return fault('pull_request_planned', { ref, what: 'open a pull request' });
  const { number, oid } = task.note;
  if (task.kind === 'move' && oid === task.oid) return fault('pull_request_open', { ref, number, url: task.note.url });
  return fault('pull_request_planned', { ref, what: `${task.kind} pull request #${number}` });
}
