/*
 * What options are set to, for the title of their fold. The browser says it again while they are changed, so this file imports
 * nothing.
 */

export interface OptionsSaid {
  readonly branches: string;
  readonly tags: string;
  readonly divergence: string;
  readonly deletions: string;
  readonly lfs: boolean;
  /** '' for where Git LFS would look. */
  readonly lfsUrl: string;
  readonly followDefaultBranch: boolean;
  /** ms; adaptive; null: the admin's. */
  readonly interval: number | 'adaptive' | null;
  /** Whether an issue tells of a pause. */
  readonly issue: boolean;
  /** Where messages go; '' for nowhere. */
  readonly messages: string;
}

const divergences: Readonly<Record<string, string>> = {
  keep: 'keep what changed here',
  overwrite: 'replace what changed here',
  overwrite_with_backup: 'replace what changed here, with a backup',
  pull_request: 'pull request for what changed here',
};

/** "All branches and tags · keep what changed here · check every 6 hours". `usualMs` is the admin's interval. */
export function sayOptions(options: OptionsSaid, usualMs: number): string {
  return [
    branchesAndTags(options.branches, options.tags),
    divergences[options.divergence] ?? '',
    options.deletions === 'follow' ? 'delete what is deleted there' : '',
    !options.lfs ? 'no LFS files' : options.lfsUrl === '' ? '' : `LFS files from ${hostOf(options.lfsUrl)}`,
    options.followDefaultBranch ? '' : 'own default branch',
    options.interval === 'adaptive'
      ? 'check more often while it is active'
      : `check ${everyWords(options.interval ?? usualMs)}`,
    options.issue ? 'an issue when it is paused' : '',
    options.messages === '' ? '' : `messages to ${hostOf(options.messages)}`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** "After each push here, and every 8 hours · only main, release/*". `every` is null for never, `branches` '' for all. */
export function sayPushOptions(onCommit: boolean, every: string | null, branches: string): string {
  const parts = [...(onCommit ? ['after each push here'] : []), ...(every === null ? [] : [`every ${every}`])];
  const when = parts.length === 0 ? 'only with “Update all”' : parts.join(', and ');
  const text = branches === '' ? when : `${when} · only ${sayBranchFilter(branches)}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "main, release/*", whatever spaces there are. */
export function sayBranchFilter(filter: string): string {
  return filter
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(', ');
}

/** "git.example.org"; what stands in the field where that is no address. */
function hostOf(address: string): string {
  return /^https?:\/\/(?:[^/@]*@)?([^/?#]+)/i.exec(address.trim())?.[1] ?? address.trim().slice(0, 60);
}

function branchesAndTags(branches: string, tags: string): string {
  if (branches === 'all') {
    if (tags === 'all') return 'All branches and tags';
    return tags === 'none' ? 'All branches, no tags' : 'All branches and the tags on them';
  }
  const which = branches === 'protected' ? 'Protected branches' : 'Branches that match';
  if (tags === 'all') return `${which}, all tags`;
  return tags === 'none' ? `${which}, no tags` : `${which} and the tags on them`;
}

/** "every 6 hours", "every 90 minutes", "once a day"; ms. */
export function everyWords(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  const hours = Math.round(minutes / 60);
  if (minutes < 60 || (minutes % 60 !== 0 && minutes < 180))
    return minutes === 1 ? 'every minute' : `every ${minutes} minutes`;
  if (hours % 24 !== 0) return hours === 1 ? 'every hour' : `every ${hours} hours`;
  const days = hours / 24;
  return days === 1 ? 'once a day' : days === 7 ? 'once a week' : `every ${days} days`;
}
