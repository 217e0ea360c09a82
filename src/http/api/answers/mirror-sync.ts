import { z } from 'zod';
import type { PullRequestState } from '../../../domain/pull-request';
import type { SyncState } from '../../../domain/sync-state';
import { commit, faultAnswer, refOutcome, time, timeOrNull, whole } from './values';

export const syncStates = [
  'in_sync',
  'behind',
  'incomplete_lfs',
  'diverged',
  'held',
  'unknown',
] as const satisfies readonly SyncState[];
const pullRequestStates = ['open', 'closed', 'merged'] as const satisfies readonly PullRequestState[];

export const pullRequest = z
  .strictObject({
    branch: z.string().describe('The branch that it goes into.'),
    number: whole.describe('Its number in the project.'),
    url: z.string().describe('Its page in the forge.'),
    state: z.enum(pullRequestStates).describe('As last seen.'),
    commit: commit.describe("The upstream's commit that it offers."),
    changed_at: time.describe('When Headwater last opened, moved or closed it.'),
  })
  .describe('A pull request that offers the upstream’s state of a branch that diverged; at most one per branch.');
export type PullRequestAnswer = z.infer<typeof pullRequest>;

export const heldPlan = z
  .strictObject({
    plan_id: z.string().describe('Names exactly this plan; whoever accepts it sends this.'),
    run_id: z.string().describe('The run that was held.'),
    since: time.describe('When it was held.'),
    reasons: z.array(faultAnswer).describe('Which guards it ran into.'),
    refs: z.array(refOutcome).describe('What would be overwritten or deleted; the first hundred.'),
    refs_total: whole.describe('How many refs that is in all.'),
    lost: z.array(z.string()).describe('Refs that the upstream no longer has; the first hundred.'),
    lost_total: whole.describe('How many refs that is in all.'),
    accepted: z.boolean().describe('Somebody accepted it, and the next run carries it out.'),
  })
  .describe('What a guard held back because the upstream looks like an accident.');
export type HeldPlanAnswer = z.infer<typeof heldPlan>;

/** How far the project is behind its upstream. */
export const syncAnswers = {
  sync_state: z
    .enum(syncStates)
    .describe(
      'The worst of what is the matter. behind: refs could not be brought over; incomplete_lfs: refs wait for LFS objects; unknown: no run has finished yet, or the last one failed.',
    ),
  refs_behind: whole.describe('Refs that should have reached the forge and did not.'),
  refs_diverged: whole.describe('Refs that differ and were left alone.'),
  diverged: z.array(z.string()).describe('Their full names; the first fifty.'),
  refs_incomplete_lfs: whole.describe('Refs whose LFS objects are not all in the forge.'),
  incomplete_lfs: z.array(z.string()).describe('Their full names; the first fifty.'),
  lag_seconds: whole.nullable().describe('Seconds since everything was last known to be equal; null: it never was.'),
  in_sync_at: timeOrNull.describe('When everything was last known to be equal; null: never yet.'),
  pull_requests: z.array(pullRequest).describe('By which the upstream’s state of diverged branches is offered.'),
  held: heldPlan.nullable().describe('What waits for somebody to accept it; null: nothing.'),
};

export type SyncAnswer = z.infer<z.ZodObject<typeof syncAnswers, z.core.$strict>>;
