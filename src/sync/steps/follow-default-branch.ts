import { shortName } from '../../domain/git-ref';
import type { RefOutcome } from '../../domain/run';
import type { SyncContext } from '../sync-context';
import { giveDefaultBranch, type Delivery } from './deliver-updates';

/**
 * Makes the upstream's default branch the project's, as long as the project's is the one that we set, and the branch is
 * there. A refusal is told and holds up nothing (HOST-06).
 */
export async function followDefaultBranch(
  context: SyncContext,
  delivery: Delivery,
  outcomes: readonly RefOutcome[],
): Promise<RefOutcome[]> {
  const { options, defaultBranchSet } = context.claim.mirror;
  const { project, listing } = delivery.forge;
  const wanted = delivery.chosen.defaultBranch;
  if (!options.followDefaultBranch || delivery.held !== null || wanted === null || defaultBranchSet === null) return [];
  if (shortName(defaultBranchSet) !== project.defaultBranch || wanted === defaultBranchSet) return [];
  const isThere =
    listing.refs.has(wanted) || outcomes.some((outcome) => outcome.ref === wanted && outcome.action === 'created');
  if (!isThere) return [];
  return giveDefaultBranch(context, project, wanted);
}
