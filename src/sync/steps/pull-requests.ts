import { fault, HeadwaterError, type Fault } from '../../domain/errors';
import type { RefName } from '../../domain/git-ref';
import { headOf, isHead, mostPullRequests, type PullRequestNote } from '../../domain/pull-request';
import { offeredBranches, planPullRequests, type PullRequestTask } from '../../domain/pull-request-plan';
import { pullRequestText } from '../../domain/pull-request-text';
import type { RefOutcome } from '../../domain/run';
import type { SyncContext } from '../sync-context';
import { isArrived } from './deliver-updates';
import type { Decision } from './plan-updates';
import type { ForgeState } from './read-forge';

/** A decision with the heads of pull requests in it, and what to do about the pull requests themselves. */
export interface Offer {
  readonly decision: Decision;
  readonly tasks: readonly PullRequestTask[];
  /** Of pull requests that need nothing; null: there is nothing to look after. */
  readonly notes: readonly PullRequestNote[] | null;
}

/** Each costs a request, at every run. */
const mostQuestions = 500;

/** Plans pull requests for branches that diverged, where the mirror asks for it. While a plan is held, all stays as it is. */
export async function planOffer(context: SyncContext, decision: Decision, forge: ForgeState): Promise<Offer> {
  const { options, pullRequests } = context.claim.mirror;
  const wanted = options.divergence === 'pull_request';
  const { refs } = forge.listing;
  const idle = { decision, tasks: [], notes: null };
  if (decision.held !== null) return idle;
  if (!wanted && pullRequests.length === 0 && ![...refs.keys()].some(isHead)) return idle;
  const tellAll = (tell: (ref: RefName) => Fault): Offer => {
    const offered = new Set(wanted ? offeredBranches(decision.plan).map(({ ref }) => ref) : []);
    const leftAlone = decision.plan.leftAlone.map((outcome) =>
      offered.has(outcome.ref) ? { ...outcome, reason: tell(outcome.ref) } : outcome,
    );
    return { ...idle, decision: { ...decision, plan: { ...decision.plan, leftAlone } } };
  };
  if (!forge.project.hasPullRequests) return tellAll((ref) => fault('pull_requests_off', { ref }));
  try {
    const notes = await refreshed(context, forge, pullRequests);
    const contained = wanted ? await askContained(context, forge, decision, notes) : new Map<RefName, boolean>();
    const { plan, delivered } = decision;
    const offer = planPullRequests({ plan, forge: refs, delivered, wanted, notes, contained });
    return { ...offer, decision: { ...decision, plan: offer.plan } };
  } catch (thrown) {
    // What the forge cannot answer about pull requests holds up no ref.
    if (!(thrown instanceof HeadwaterError) || thrown.code !== 'forge_failed') throw thrown;
    return tellAll((ref) => fault('pull_request_failed', { ref, why: thrown.message }));
  }
}

/** Closes and reopens, before heads are deleted and moved. Answers why what could not be done could not. */
export async function prepareOffer(
  context: SyncContext,
  { project }: ForgeState,
  offer: Offer,
  decision: Decision,
): Promise<Map<RefName, Fault>> {
  const failed = new Map<RefName, Fault>();
  const heads = new Set(decision.plan.updates.map(({ ref }) => ref));
  for (const task of offer.tasks) {
    if (task.kind !== 'close' && task.kind !== 'reopen') continue;
    // Its head may have been held back.
    if (task.kind === 'reopen' && !heads.has(headOf(task.branch)) && task.note.oid !== task.oid) continue;
    const state = task.kind === 'close' ? 'closed' : 'open';
    await context.forge.setPullRequestState(project, task.note.number, state).catch((thrown: unknown) => {
      failed.set(task.branch, whyNot(context, task.branch, thrown));
    });
  }
  return failed;
}

/** Opens what is new, once its head has arrived, and turns outcomes of heads into what their branches are told. */
export async function finishOffer(
  context: SyncContext,
  { project }: ForgeState,
  offer: Offer,
  failed: ReadonlyMap<RefName, Fault>,
  outcomes: readonly RefOutcome[],
): Promise<RefOutcome[]> {
  if (offer.notes === null) return [...outcomes];
  const heads = new Map(outcomes.filter(({ ref }) => isHead(ref)).map((outcome) => [outcome.ref, outcome]));
  const told = new Map<RefName, Fault>(failed);
  const notes: Omit<PullRequestNote, 'at'>[] = [...offer.notes];
  for (const task of offer.tasks) {
    const { branch } = task;
    const head = heads.get(headOf(branch));
    const reason = head === undefined || isArrived(head) || task.kind === 'close' ? undefined : headFault(branch, head);
    if (reason !== undefined) told.set(branch, reason);
    const note = told.has(branch) ? null : await carryOut(context, project, task, told);
    if (note !== null) {
      notes.push(note);
      told.set(branch, fault('pull_request_open', { ref: branch, number: note.number, url: note.url }));
    } else if (told.has(branch) && task.kind !== 'open') notes.push(task.note);
  }
  await saveNotes(context, notes);
  return outcomes
    .filter(({ ref }) => !isHead(ref))
    .map((outcome) => ({ ...outcome, reason: told.get(outcome.ref) ?? outcome.reason }));
}

/** null: there is none any more, or it could not be opened and `told` has why. */
async function carryOut(
  context: SyncContext,
  project: ForgeState['project'],
  task: PullRequestTask,
  told: Map<RefName, Fault>,
): Promise<Omit<PullRequestNote, 'at'> | null> {
  if (task.kind === 'close') return null;
  const { branch, oid } = task;
  if (task.kind !== 'open') return { ...task.note, state: 'open', oid };
  try {
    const wanted = { head: headOf(branch), base: branch, ...pullRequestText(branch) };
    return { branch, oid, ...(await context.forge.openPullRequest(project, wanted)) };
  } catch (thrown) {
    told.set(branch, whyNot(context, branch, thrown));
    return null;
  }
}

/** The state of each as the forge has it now. */
async function refreshed(
  { forge, signal }: SyncContext,
  { project }: ForgeState,
  notes: readonly PullRequestNote[],
): Promise<Map<RefName, PullRequestNote>> {
  const found = new Map<RefName, PullRequestNote>();
  for (const note of notes) {
    signal.throwIfAborted();
    const now = note.state === 'merged' ? note : await forge.pullRequest(project, note.number);
    if (now !== null) found.set(note.branch, { ...note, state: now.state, url: now.url });
  }
  return found;
}

/** Asks about those that have a pull request first, and about no more than can have one. */
async function askContained(
  { forge, signal }: SyncContext,
  { project }: ForgeState,
  { plan }: Decision,
  notes: ReadonlyMap<RefName, PullRequestNote>,
): Promise<Map<RefName, boolean>> {
  const contained = new Map<RefName, boolean>();
  const isOpen = ({ ref }: RefOutcome) => notes.get(ref)?.state === 'open';
  const offered = offeredBranches(plan);
  let room = mostPullRequests;
  for (const outcome of [...offered.filter(isOpen), ...offered.filter((one) => !isOpen(one))]) {
    if (room === 0 || contained.size === mostQuestions || outcome.oldOid === null) break;
    signal.throwIfAborted();
    const answer = await forge.isContained(project, outcome.newOid, outcome.oldOid);
    contained.set(outcome.ref, answer);
    if (!answer) room -= 1;
  }
  return contained;
}

async function saveNotes({ claim }: SyncContext, notes: readonly Omit<PullRequestNote, 'at'>[]): Promise<void> {
  const key = (note: Omit<PullRequestNote, 'at'>) =>
    [note.branch, note.number, note.url, note.state, note.oid].join('\n');
  const before = new Map(claim.mirror.pullRequests.map((note) => [key(note), note]));
  if (notes.length === before.size && notes.every((note) => before.has(key(note)))) return;
  await claim.write(async (tx, mirror) => {
    const at = await tx.now();
    const dated = notes.map((note) => before.get(key(note)) ?? { ...note, at });
    await tx.saveMirror({ ...mirror, pullRequests: dated });
  });
}

/** What holds a head back for its LFS objects holds the mirror back from being complete. */
function headFault(branch: RefName, { reason }: RefOutcome): Fault {
  if (reason?.code.startsWith('lfs_') === true) return reason;
  return fault('pull_request_failed', { ref: branch, why: reason?.message ?? 'its branch was refused' });
}

function whyNot(context: SyncContext, ref: RefName, thrown: unknown): Fault {
  context.signal.throwIfAborted();
  if (!(thrown instanceof HeadwaterError)) throw thrown;
  context.log.info({ code: thrown.code }, 'a pull request could not be opened, reopened or closed');
  return fault('pull_request_failed', { ref, why: thrown.message });
}
