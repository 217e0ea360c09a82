import type { Oid, RefName } from './git-ref';

/** A value that a run overwrote, kept in the forge. */
export interface Backup {
  readonly id: string;
  readonly mirrorId: string;
  readonly runId: string;
  /** The branch or tag that had it. */
  readonly ref: RefName;
  readonly oid: Oid;
  /** When it was overwritten, epoch ms. */
  readonly at: number;
}

/** How long backups are kept. */
export interface BackupRule {
  /** Of each ref, so many of the newest. */
  readonly perRef: number;
  /** None longer than this (ms), but for the newest one of each ref. */
  readonly ageMs: number;
}

/** The ref of the forge that keeps the value: not a branch, not a tag, and cloned by nobody. */
export function placeOf({ runId, ref }: Pick<Backup, 'runId' | 'ref'>): RefName {
  return `refs/headwater/backup/${runId}/${ref.replace(/^refs\//, '')}`;
}

/** Backups that may go. The newest one of a ref never does: it is the only way back from its last overwrite. */
export function outdatedBackups(backups: readonly Backup[], rule: BackupRule, now: number): Backup[] {
  const newer = new Map<RefName, number>();
  return [...backups]
    .sort((one, other) => other.at - one.at)
    .filter(({ ref, at }) => {
      const before = newer.get(ref) ?? 0;
      newer.set(ref, before + 1);
      return before > 0 && (before >= rule.perRef || at < now - rule.ageMs);
    });
}
