import { HeadwaterError, type FieldFault } from './errors';
import type { UpdateInterval } from './update-interval';

/** all: every branch; protected: those that a branch protection rule of the project matches; pattern: see `branchPattern`. */
export type BranchChoice = 'all' | 'protected' | 'pattern';
/** on_branches: tags whose commit is part of a mirrored branch. */
export type TagChoice = 'all' | 'none' | 'on_branches';
/**
 * What happens to a ref that cannot move forward, branch or tag. The backup is a ref in the forge (sync/steps/keep-backups).
 * pull_request: branches stay as they are, and the upstream's state is offered in a pull request; tags are kept.
 */
export type Divergence = 'keep' | 'overwrite' | 'overwrite_with_backup' | 'pull_request';
/** follow: a ref that Headwater created, and that nobody moved since, is deleted once the upstream has deleted it. */
export type Deletions = 'ignore' | 'follow';

export const tagChoices = ['all', 'none', 'on_branches'] as const satisfies readonly TagChoice[];
export const divergences = [
  'keep',
  'overwrite',
  'overwrite_with_backup',
  'pull_request',
] as const satisfies readonly Divergence[];
export const deletionChoices = ['ignore', 'follow'] as const satisfies readonly Deletions[];

/** What of the upstream is mirrored, and how. */
export interface MirrorOptions {
  readonly branches: BranchChoice;
  /** RE2 syntax, matched against the whole branch name; null unless `branches` is pattern. */
  readonly branchPattern: string | null;
  readonly tags: TagChoice;
  /** The project's default branch follows the upstream's while it is still the one that Headwater set. */
  readonly followDefaultBranch: boolean;
  readonly divergence: Divergence;
  readonly deletions: Deletions;
  readonly lfs: boolean;
  /** Where the upstream keeps its LFS objects; null: where git-lfs would look. */
  readonly lfsUrl: string | null;
  readonly interval: UpdateInterval;
}

export const defaultOptions: MirrorOptions = {
  branches: 'all',
  branchPattern: null,
  tags: 'all',
  followDefaultBranch: true,
  divergence: 'keep',
  deletions: 'ignore',
  lfs: true,
  lfsUrl: null,
  interval: null,
};

/** What a maintainer may say of the options; what is left out stays. The first three are GitLab's way of saying it. */
export interface OptionsChange {
  readonly onlyProtectedBranches?: boolean | undefined;
  /** null or '' removes the pattern. */
  readonly branchPattern?: string | null | undefined;
  readonly overwritesDiverged?: boolean | undefined;
  readonly tags?: TagChoice | undefined;
  readonly followDefaultBranch?: boolean | undefined;
  readonly divergence?: Divergence | undefined;
  readonly deletions?: Deletions | undefined;
  readonly lfs?: boolean | undefined;
  /** null or '' removes the address. */
  readonly lfsUrl?: string | null | undefined;
  /** A duration, or adaptive; null or '' leaves it to the admin. Read by sync/option-settings. */
  readonly interval?: string | null | undefined;
}

/** The names that a maintainer knows the fields by. */
const fields = {
  onlyProtectedBranches: 'only_mirror_protected_branches',
  branchPattern: 'mirror_branch_regex',
  overwritesDiverged: 'mirror_overwrites_diverged_branches',
  lfsUrl: 'lfs_url',
} as const;

/** The options after the change. Raises input_invalid when the fields contradict each other or what is stored. */
export function changeOptions(before: MirrorOptions, change: OptionsChange): MirrorOptions {
  const faults: FieldFault[] = [];
  const after: MirrorOptions = {
    ...chooseBranches(before, change, faults),
    tags: change.tags ?? before.tags,
    followDefaultBranch: change.followDefaultBranch ?? before.followDefaultBranch,
    divergence: chooseDivergence(before, change, faults),
    deletions: change.deletions ?? before.deletions,
    lfs: change.lfs ?? before.lfs,
    interval: before.interval,
    lfsUrl: change.lfsUrl === undefined ? before.lfsUrl : change.lfsUrl === '' ? null : change.lfsUrl,
  };
  if (!after.lfs && typeof change.lfsUrl === 'string' && change.lfsUrl !== '')
    faults.push({ field: fields.lfsUrl, message: 'needs "lfs" to be on' });
  if (faults.length > 0) throw invalidFields(faults);
  return after;
}

/** Whether the same is mirrored in the same way; when it is does not matter. */
export function sameOptions(one: MirrorOptions, other: MirrorOptions): boolean {
  return (Object.keys(defaultOptions) as (keyof MirrorOptions)[]).every(
    (key) => key === 'interval' || one[key] === other[key],
  );
}

export function overwrites(divergence: Divergence): boolean {
  return divergence === 'overwrite' || divergence === 'overwrite_with_backup';
}

export function invalidFields(faults: readonly FieldFault[]): HeadwaterError {
  return new HeadwaterError(
    'input_invalid',
    { fields: faults.map((entry) => entry.field).join(', ') },
    { fieldFaults: faults },
  );
}

function chooseBranches(
  before: MirrorOptions,
  change: OptionsChange,
  faults: FieldFault[],
): Pick<MirrorOptions, 'branches' | 'branchPattern'> {
  const isProtected = change.onlyProtectedBranches ?? before.branches === 'protected';
  if (change.branchPattern === undefined) {
    if (isProtected) return { branches: 'protected', branchPattern: null };
    if (before.branches !== 'pattern') return { branches: 'all', branchPattern: null };
    return { branches: 'pattern', branchPattern: before.branchPattern };
  }
  if (change.branchPattern === null || change.branchPattern === '')
    return { branches: isProtected ? 'protected' : 'all', branchPattern: null };
  if (isProtected)
    faults.push({ field: fields.branchPattern, message: `needs "${fields.onlyProtectedBranches}" to be false` });
  return { branches: 'pattern', branchPattern: change.branchPattern };
}

function chooseDivergence(before: MirrorOptions, change: OptionsChange, faults: FieldFault[]): Divergence {
  const { overwritesDiverged, divergence } = change;
  if (overwritesDiverged === undefined) return divergence ?? before.divergence;
  if (divergence !== undefined) {
    if (overwrites(divergence) !== overwritesDiverged)
      faults.push({ field: fields.overwritesDiverged, message: `contradicts "divergence": "${divergence}"` });
    return divergence;
  }
  if (overwrites(before.divergence) === overwritesDiverged) return before.divergence;
  return overwritesDiverged ? 'overwrite' : 'keep';
}
