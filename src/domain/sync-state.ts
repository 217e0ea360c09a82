import type { RefName } from './git-ref';
import type { Mirror } from './mirror';
import type { RefOutcome } from './run';

/** What the last finished run found when it compared the forge with the upstream. */
export interface SyncProof {
  /** Refs that did not reach the forge though they should have. */
  readonly behind: number;
  /** Refs that differ and were left alone; only the first of `divergedTotal`. */
  readonly diverged: readonly RefName[];
  readonly divergedTotal: number;
  /** When everything that is mirrored was last known to be equal, epoch ms; null: never yet. */
  readonly inSyncAt: number | null;
}

/** unknown: no run has finished yet, or the last one failed. */
export type SyncState = 'in_sync' | 'behind' | 'diverged' | 'held' | 'unknown';

const shownRefs = 50;

export function proofOf(outcomes: readonly RefOutcome[], before: SyncProof | null, at: number): SyncProof {
  const diverged = outcomes.filter((outcome) => outcome.action === 'diverged');
  const behind = outcomes.filter((outcome) => outcome.action === 'rejected').length;
  return {
    behind,
    diverged: diverged.slice(0, shownRefs).map((outcome) => outcome.ref),
    divergedTotal: diverged.length,
    inSyncAt: behind + diverged.length === 0 ? at : (before?.inSyncAt ?? null),
  };
}

export function syncStateOf(mirror: Pick<Mirror, 'held' | 'proof' | 'lastError'>): SyncState {
  if (mirror.held !== null) return 'held';
  if (mirror.proof === null || mirror.lastError !== null) return 'unknown';
  if (mirror.proof.divergedTotal > 0) return 'diverged';
  return mirror.proof.behind > 0 ? 'behind' : 'in_sync';
}
