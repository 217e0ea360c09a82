import type { RefName } from './git-ref';

/** What the last finished run found when it compared the forge with the upstream. */
export interface SyncProof {
  /** Refs that did not reach the forge though they should have. */
  readonly behind: number;
  /** Refs that differ and were left alone; only the first of `divergedTotal`. */
  readonly diverged: readonly RefName[];
  readonly divergedTotal: number;
  /** Refs whose LFS objects are not all in the forge, held back or not; only the first of `lfsTotal`, and part of `behind`. */
  readonly lfs?: readonly RefName[];
  readonly lfsTotal?: number;
  /** What is the same on both sides; unknown for what was found by an earlier version. */
  readonly same?: { readonly branches: number; readonly tags: number } | null;
  /** When everything that is mirrored was last known to be equal, epoch ms; null: never yet. */
  readonly inSyncAt: number | null;
}
