import { fault } from '../../domain/errors';
import type { RefOutcome } from '../../domain/run';
import type { SyncContext } from '../sync-context';
import type { ForgeState } from './read-forge';

const moving: ReadonlySet<string> = new Set(['created', 'fast_forwarded', 'forced', 'deleted']);

/**
 * Compares the forge's refs with what was pushed: what a forge says of a push is not yet what it has. A ref that is
 * somewhere else by now is told as moved meanwhile, and the next run looks again.
 */
export async function proveDelivery(
  context: SyncContext,
  { project }: ForgeState,
  outcomes: readonly RefOutcome[],
): Promise<RefOutcome[]> {
  if (!outcomes.some((outcome) => moving.has(outcome.action))) return [...outcomes];
  const { refs } = await context.forge.listRefs(project, context.signal);
  return outcomes.map((outcome) => {
    const isThere = !moving.has(outcome.action) || (refs.get(outcome.ref) ?? null) === outcome.newOid;
    if (isThere) return outcome;
    return { ...outcome, action: 'diverged', reason: fault('moved_meanwhile', { ref: outcome.ref }) };
  });
}
