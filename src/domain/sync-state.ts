import { isTag, type RefMap } from './git-ref';
import type { Mirror } from './mirror';
import type { RefOutcome } from './run';
import type { SyncProof } from './sync-proof';

/**
 * Of what is the matter, the worst. incomplete_lfs: refs wait for LFS objects, and nothing else is the matter but refs that
 * are behind. unknown: no run has finished yet, or the last one failed.
 */
export type SyncState = 'in_sync' | 'behind' | 'incomplete_lfs' | 'diverged' | 'held' | 'unknown';

const shownRefs = 50;

/** `mirrored`: every ref that is to be the same; null: those of the run before, since nothing is new. */
export function proofOf(
  outcomes: readonly RefOutcome[],
  before: SyncProof | null,
  at: number,
  mirrored: RefMap | null = null,
): SyncProof {
  const diverged = outcomes.filter((outcome) => outcome.action === 'diverged');
  const behind = outcomes.filter((outcome) => outcome.action === 'rejected').length;
  const lfs = outcomes.filter(needsLfs);
  return {
    behind,
    diverged: diverged.slice(0, shownRefs).map((outcome) => outcome.ref),
    divergedTotal: diverged.length,
    lfs: lfs.slice(0, shownRefs).map((outcome) => outcome.ref),
    lfsTotal: lfs.length,
    same: mirrored === null ? (before?.same ?? null) : countSame(mirrored, outcomes),
    inSyncAt: behind + diverged.length === 0 ? at : (before?.inSyncAt ?? null),
  };
}

function countSame(mirrored: RefMap, outcomes: readonly RefOutcome[]): { branches: number; tags: number } {
  const other = new Set(outcomes.filter(isDifferent).map((outcome) => outcome.ref));
  const same = [...mirrored.keys()].filter((ref) => !other.has(ref));
  const tags = same.filter(isTag).length;
  return { branches: same.length - tags, tags };
}

function isDifferent({ action }: RefOutcome): boolean {
  return action === 'diverged' || action === 'rejected';
}

export function syncStateOf(mirror: Pick<Mirror, 'held' | 'proof' | 'lastError'>): SyncState {
  if (mirror.held !== null) return 'held';
  if (mirror.proof === null || mirror.lastError !== null) return 'unknown';
  if (mirror.proof.divergedTotal > 0) return 'diverged';
  if ((mirror.proof.lfsTotal ?? 0) > 0) return 'incomplete_lfs';
  return mirror.proof.behind > 0 ? 'behind' : 'in_sync';
}

/** All codes of the catalogue that begin so are about LFS objects. */
function needsLfs(outcome: RefOutcome): boolean {
  return outcome.reason?.code.startsWith('lfs_') === true;
}
