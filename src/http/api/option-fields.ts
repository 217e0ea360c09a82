import { z } from 'zod';
import { shortName } from '../../domain/git-ref';
import type { HeldPlan } from '../../domain/held-plan';
import type { Mirror } from '../../domain/mirror';
import {
  deletionChoices,
  divergences,
  overwrites,
  tagChoices,
  type MirrorOptions,
  type OptionsChange,
} from '../../domain/mirror-options';
import type { PullRequestNote } from '../../domain/pull-request';
import { showInterval } from '../../domain/update-interval';
import { syncStateOf } from '../../domain/sync-state';
import { optionWords, type OptionsAnswer } from './answers/mirror-options';
import type { HeldPlanAnswer, PullRequestAnswer, SyncAnswer } from './answers/mirror-sync';
import { isoTime, presentFault, presentOutcome, timeText } from './present-values';

/** What PUT takes of a mirror's options; the first three are GitLab's fields. */
export const optionFields = {
  only_mirror_protected_branches: z
    .boolean()
    .optional()
    .describe(`${optionWords.only_mirror_protected_branches} Takes admin rights for Headwater's account.`),
  mirror_branch_regex: z.string().max(4000).nullable().optional().describe(optionWords.mirror_branch_regex),
  mirror_overwrites_diverged_branches: z.boolean().optional().describe(optionWords.mirror_overwrites_diverged_branches),
  tags: z.enum(tagChoices).optional().describe(optionWords.tags),
  follow_default_branch: z.boolean().optional().describe(optionWords.follow_default_branch),
  divergence: z.enum(divergences).optional().describe(optionWords.divergence),
  deletions: z.enum(deletionChoices).optional().describe(optionWords.deletions),
  lfs: z.boolean().optional().describe(optionWords.lfs),
  lfs_url: z.string().max(4000).nullable().optional().describe(optionWords.lfs_url),
  interval: z.string().max(40).nullable().optional().describe(optionWords.interval),
};

export function readOptions(body: z.infer<z.ZodObject<typeof optionFields>>): OptionsChange {
  return {
    onlyProtectedBranches: body.only_mirror_protected_branches,
    branchPattern: body.mirror_branch_regex,
    overwritesDiverged: body.mirror_overwrites_diverged_branches,
    tags: body.tags,
    followDefaultBranch: body.follow_default_branch,
    divergence: body.divergence,
    deletions: body.deletions,
    lfs: body.lfs,
    lfsUrl: body.lfs_url,
    interval: body.interval,
  };
}

export function presentOptions(options: MirrorOptions): OptionsAnswer {
  return {
    only_mirror_protected_branches: options.branches === 'protected',
    mirror_branch_regex: options.branchPattern,
    mirror_overwrites_diverged_branches: overwrites(options.divergence),
    tags: options.tags,
    follow_default_branch: options.followDefaultBranch,
    divergence: options.divergence,
    deletions: options.deletions,
    lfs: options.lfs,
    lfs_url: options.lfsUrl,
    interval: typeof options.interval === 'number' ? showInterval(options.interval) : options.interval,
  };
}

/** How far the project is behind its upstream, as far as the last run could tell. `now` is epoch ms. */
export function presentSync(mirror: Mirror, now: number): SyncAnswer {
  const { proof } = mirror;
  const inSyncAt = proof?.inSyncAt ?? null;
  return {
    sync_state: syncStateOf(mirror),
    refs_behind: proof?.behind ?? 0,
    refs_diverged: proof?.divergedTotal ?? 0,
    diverged: [...(proof?.diverged ?? [])],
    refs_incomplete_lfs: proof?.lfsTotal ?? 0,
    incomplete_lfs: [...(proof?.lfs ?? [])],
    lag_seconds: inSyncAt === null ? null : Math.max(0, Math.floor((now - inSyncAt) / 1000)),
    in_sync_at: isoTime(inSyncAt),
    pull_requests: mirror.pullRequests.map(presentPullRequest),
    held: mirror.held === null ? null : presentHeld(mirror.held),
  };
}

function presentPullRequest(note: PullRequestNote): PullRequestAnswer {
  return {
    branch: shortName(note.branch),
    number: note.number,
    url: note.url,
    state: note.state,
    commit: note.oid,
    changed_at: timeText(note.at),
  };
}

function presentHeld(held: HeldPlan): HeldPlanAnswer {
  return {
    plan_id: held.id,
    run_id: held.runId,
    since: timeText(held.at),
    reasons: held.reasons.map(presentFault),
    refs: held.refs.map(presentOutcome),
    refs_total: held.total,
    lost: [...held.lost],
    lost_total: held.lostTotal,
    accepted: held.accepted,
  };
}
