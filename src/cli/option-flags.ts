import { Option, type Command } from 'commander';
import {
  deletionChoices,
  divergences,
  tagChoices,
  type Deletions,
  type Divergence,
  type MirrorOptions,
  type OptionsChange,
  type TagChoice,
} from '../domain/mirror-options';

import { showInterval } from '../domain/update-interval';

/** The flags of `mirror set` that say what is mirrored and how. */
export interface OptionFlags {
  readonly branches?: 'all' | 'protected';
  readonly branchPattern?: string;
  readonly tags?: TagChoice;
  readonly followDefaultBranch?: boolean;
  readonly divergence?: Divergence;
  readonly deletions?: Deletions;
  readonly lfs?: boolean;
  readonly lfsUrl?: string;
  readonly interval?: string;
}

export function addOptionFlags(command: Command): void {
  command
    .addOption(new Option('--branches <which>', 'branches to mirror').choices(['all', 'protected']))
    .addOption(
      new Option('--branch-pattern <regex>', 'mirror branches whose whole name it matches, in RE2 syntax').conflicts(
        'branches',
      ),
    )
    .addOption(new Option('--tags <which>', 'tags to mirror').choices(tagChoices))
    .option('--follow-default-branch', "let the project's default branch follow the upstream's")
    .option('--no-follow-default-branch', "leave the project's default branch alone")
    .addOption(new Option('--divergence <what>', 'what to do with refs that differ').choices(divergences))
    .addOption(new Option('--deletions <what>', 'what to do when the upstream deletes a ref').choices(deletionChoices))
    .option('--lfs', 'mirror LFS objects')
    .option('--no-lfs', 'do not mirror LFS objects')
    .option('--lfs-url <url>', "address of the upstream's LFS server; empty for where git-lfs would look")
    .option('--interval <time>', 'time between updates: 6h, 1h30m, adaptive; empty for the usual');
}

/** Flags that were not given change nothing. */
export function readOptionFlags(flags: OptionFlags): OptionsChange {
  const branches =
    flags.branchPattern !== undefined
      ? { onlyProtectedBranches: false, branchPattern: flags.branchPattern }
      : flags.branches === undefined
        ? {}
        : { onlyProtectedBranches: flags.branches === 'protected', branchPattern: null };
  return {
    ...branches,
    tags: flags.tags,
    followDefaultBranch: flags.followDefaultBranch,
    divergence: flags.divergence,
    deletions: flags.deletions,
    lfs: flags.lfs,
    lfsUrl: flags.lfsUrl,
    interval: flags.interval,
  };
}

/** The options as rows for a person. */
export function describeOptions(options: MirrorOptions): [string, string][] {
  const branches = options.branches === 'pattern' ? `those that match ${options.branchPattern}` : options.branches;
  return [
    ['branches', branches],
    ['tags', options.tags.replace('_', ' ')],
    ['divergence', options.divergence.replaceAll('_', ' ')],
    ['deletions', options.deletions],
    ['default', options.followDefaultBranch ? 'follows the upstream' : 'left alone'],
    [
      'interval',
      typeof options.interval === 'number' ? showInterval(options.interval) : (options.interval ?? 'the usual'),
    ],
    ['LFS', options.lfs ? (options.lfsUrl ?? 'on') : 'off'],
  ];
}
