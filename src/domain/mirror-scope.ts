import { isTag, shortName, type RefMap, type RefName } from './git-ref';
import type { MirrorOptions } from './mirror-options';
import { isHead } from './pull-request';

/** Which names a mirror looks after; all else is neither pushed nor touched nor reported. */
export type MirrorScope = (ref: RefName) => boolean;

/** `isChosenBranch` answers for the short name of a branch; what is Headwater's own is none of it. Tags that must be on a mirrored branch are sorted out later. */
export function scopeOf(options: Pick<MirrorOptions, 'tags'>, isChosenBranch: (name: string) => boolean): MirrorScope {
  return (ref) => (isTag(ref) ? options.tags !== 'none' : !isHead(ref) && isChosenBranch(shortName(ref)));
}

/** Refs of the upstream that the scope takes in. */
export function refsInScope(refs: RefMap, scope: MirrorScope): Map<RefName, string> {
  return new Map([...refs].filter(([ref]) => scope(ref)));
}

/** Refs that Headwater may have to delete: known to it, looked after, and no longer in the upstream in any way. */
export function deletableRefs(listed: RefMap, delivered: ReadonlyMap<RefName, unknown>, scope: MirrorScope): RefName[] {
  return [...delivered.keys()].filter((ref) => !listed.has(ref) && scope(ref));
}
