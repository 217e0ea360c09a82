import { HeadwaterError, fault } from '../../domain/errors';
import type { RefUpdate } from '../../domain/ref-plan';
import type { RefOutcome } from '../../domain/run';
import type { PushRequest, PushResult } from '../../ports/forge';
import { gitFault } from './errors';
import { listRefs } from './list-refs';
import { runPush, type PushAnswer, type PushDeps } from './run-push';
import { halve, portionsThatFit, settleAnswered } from './settle-push';

/**
 * Pushes a portion and answers what became of each ref. The forge refuses a portion as a whole when one ref of it offends,
 * so the offender is taken out by name where the forge names it, and found by halving where it does not.
 */
export async function pushUpdates(
  deps: PushDeps,
  request: PushRequest,
  send: (deps: PushDeps, request: PushRequest) => Promise<PushAnswer> = runPush,
): Promise<PushResult> {
  const outcomes = new Map<RefUpdate, RefOutcome>();
  let sentBytes = 0;
  const waiting = portionsThatFit(request.updates);
  for (let portion = waiting.shift(); portion !== undefined; portion = waiting.shift()) {
    const answer = await send(deps, {
      ...request,
      // Good for the first push only: it may have moved refs.
      listing: outcomes.size === 0 && sentBytes === 0 ? request.listing : undefined,
      updates: portion,
      onProgress: ({ bytes }) => request.onProgress({ bytes: sentBytes + bytes }),
    });
    sentBytes += answer.sentBytes;
    const settled = await settle(deps, request, portion, answer);
    for (const [update, outcome] of settled.outcomes) outcomes.set(update, outcome);
    waiting.unshift(...(settled.named ? [settled.refused] : halve(settled.refused)).filter(({ length }) => length > 0));
  }
  return { outcomes: request.updates.map((update) => outcomeOf(outcomes, update)), sentBytes };
}

interface Settled {
  readonly outcomes: ReadonlyMap<RefUpdate, RefOutcome>;
  /** Refused because of another ref: to be tried again. */
  readonly refused: readonly RefUpdate[];
  /** The offender is known and out, so the rest can go together. */
  readonly named: boolean;
}

async function settle(
  deps: PushDeps,
  request: PushRequest,
  portion: readonly RefUpdate[],
  answer: PushAnswer,
): Promise<Settled> {
  if (answer.report !== null) {
    const settled = settleAnswered(answer.report, portion, { account: deps.account, secrets: deps.git.secrets });
    if (settled.unknown.length === 0) return settled;
    const failure = new HeadwaterError('forge_push_failed', { why: 'the forge did not tell what became of every ref' });
    const readBack = await settleByValue(deps, request, settled.unknown, failure);
    return { ...settled, outcomes: new Map([...settled.outcomes, ...readBack]) };
  }
  return { outcomes: await settleByValue(deps, request, portion, answer.failure), refused: [], named: false };
}

/** The answer got lost: a ref that has its new value arrived. Raises `failure` when any did not (NET-07). */
async function settleByValue(
  { git, account }: PushDeps,
  request: PushRequest,
  updates: readonly RefUpdate[],
  failure: HeadwaterError,
): Promise<Map<RefUpdate, RefOutcome>> {
  const translate = gitFault({ doing: 'listing the refs', account });
  const { refs } = await listRefs(git, request.project, request.signal, translate).catch(() => {
    request.signal.throwIfAborted();
    // Why the push failed says more than why asking afterwards failed too.
    throw failure;
  });
  if (!updates.every(({ ref, newOid }) => (refs.get(ref) ?? null) === newOid)) throw failure;
  return new Map(updates.map((update) => [update, { ...update, reason: null }]));
}

function outcomeOf(outcomes: ReadonlyMap<RefUpdate, RefOutcome>, update: RefUpdate): RefOutcome {
  return (
    outcomes.get(update) ?? {
      ...update,
      action: 'rejected',
      reason: fault('ref_refused', { ref: update.ref, why: 'no answer' }),
    }
  );
}
