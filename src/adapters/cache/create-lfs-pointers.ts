import type { LfsPointers } from '../../ports/lfs';
import { readCompleteTips, writeCompleteTips } from './complete-tips';
import { listPointers } from './list-pointers';
import { tipsWithBlobs } from './tips-with-blobs';

export interface LfsPointersOptions {
  readonly gitPath?: string;
  /** More pointers than this are refused. */
  readonly maxPointers?: number;
}

/** LFS pointers in the repositories of the object cache. */
export function createLfsPointers({ gitPath, maxPointers = 250_000 }: LfsPointersOptions = {}): LfsPointers {
  return {
    find: (search) => listPointers(search, maxPointers, gitPath),
    tipsWith: (blobs, search) => tipsWithBlobs(blobs, search, gitPath),
    completeTips: readCompleteTips,
    setCompleteTips: writeCompleteTips,
  };
}
