import type { RefCounts } from '../../../domain/run';

/** Refs that a run moved, or would move. */
export function changedIn(counts: RefCounts | null): number {
  return counts === null ? 0 : counts.created + counts.fast_forwarded + counts.forced + counts.deleted;
}

/** Refs that differ and were left alone or refused. */
export function leftIn(counts: RefCounts | null): number {
  return counts === null ? 0 : counts.diverged + counts.rejected;
}
