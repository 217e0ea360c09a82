/**
 * Why a mirror stands still:
 * - failures: too many runs failed one after another;
 * - host_key: who may be at the other end is for a person to say;
 * - archived: the project takes no pushes;
 * - person: somebody wanted it so;
 * - owner_changed: the project has a new owner, who has not said yet that it is to go on;
 * - right_revoked: whoever answers for it is no admin of the project any more.
 */
export type PauseReason = 'failures' | 'host_key' | 'archived' | 'person' | 'owner_changed' | 'right_revoked';

export interface Pause {
  readonly reason: PauseReason;
  /** Login of the person; null when Headwater itself or the admin's tool did it. */
  readonly by: string | null;
  /** Epoch ms. */
  readonly at: number;
}

/** Ends only when somebody resumes the mirror; the other pauses also end with "Update now" or a change of settings. */
export function endsOnlyByResume(pause: Pause | null): boolean {
  return pause?.reason === 'person' || pause?.reason === 'owner_changed' || pause?.reason === 'right_revoked';
}

/** A pause that only a person ends is not replaced by another one. */
export function strongerPause(current: Pause | null, added: Pause): Pause {
  return current !== null && endsOnlyByResume(current) ? current : added;
}
