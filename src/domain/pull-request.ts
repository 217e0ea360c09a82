import type { Oid, RefName } from './git-ref';

/**
 * Branches of the forge that hold the upstream's state of branches that diverged. The namespace is Headwater's: an upstream's
 * refs in it are not mirrored, and nothing in it is ever taken for the upstream's or reported as divergence.
 */
const headNamespace = 'refs/heads/headwater/upstream/';

/** The branch that a pull request into `branch` comes from. */
export function headOf(branch: RefName): RefName {
  return headNamespace + branch.replace(/^refs\/heads\//, '');
}

export function isHead(ref: RefName): boolean {
  return ref.startsWith(headNamespace);
}

export type PullRequestState = 'open' | 'closed' | 'merged';

/** A pull request by which Headwater offers the upstream's state of a branch; at most one per branch. */
export interface PullRequestNote {
  /** The branch that it goes into. */
  readonly branch: RefName;
  readonly number: number;
  /** Its page in the forge. */
  readonly url: string;
  readonly state: PullRequestState;
  /** The upstream's value that it was last opened or moved for. */
  readonly oid: Oid;
  /** When Headwater last opened, moved or closed it, epoch ms. */
  readonly at: number;
}

/** More than this are never open at a time: a project whose history is another one altogether is for a person to look at. */
export const mostPullRequests = 50;
