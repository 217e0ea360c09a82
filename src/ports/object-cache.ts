import type { AncestryQuestion } from '../domain/ref-plan';
import type { Oid } from '../domain/git-ref';

/**
 * One bare repository per mirror that holds what was fetched, so that only new objects travel. Disposable: a damaged or
 * missing one is made anew and costs one full fetch. Its refs are tips under flat names of our own, never upstream names.
 * Only the holder of the mirror's lease may call the methods that take a mirror id, `remove` and `sweep` apart.
 */
export interface ObjectCache {
  /** Makes the repository if it is missing, clears what a killed fetch left behind, and answers its folder. Raises disk_full, server_exhausted. */
  open(mirrorId: string): Promise<string>;

  /** Tips whose whole history the cache holds. */
  tips(mirrorId: string): Promise<ReadonlySet<Oid>>;

  /** Replaces the tips in one atomic step; call it after their objects arrived. Packs are merged when they have become many. */
  setTips(mirrorId: string, tips: Iterable<Oid>): Promise<void>;

  /** Answers each question; an object that the cache lacks is nobody's ancestor. Raises upstream_corrupt. */
  areAncestors(mirrorId: string, questions: readonly AncestryQuestion[]): Promise<boolean[]>;

  /** Do the two have a commit in common? An object that the cache lacks has none. Raises upstream_corrupt. */
  shareHistory(mirrorId: string, questions: readonly AncestryQuestion[]): Promise<boolean[]>;

  /** Of the tags, those whose commit is part of the history of a tip. Raises upstream_corrupt. */
  tagsOn(mirrorId: string, tags: readonly Oid[], tips: readonly Oid[]): Promise<ReadonlySet<Oid>>;

  /** Deletes the repository; idempotent. */
  remove(mirrorId: string): Promise<void>;

  /** Deletes every repository whose mirror no longer exists. */
  sweep(exists: (mirrorId: string) => Promise<boolean>): Promise<void>;
}
