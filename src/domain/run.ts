import type { Fault } from './errors';
import type { Oid, RefName } from './git-ref';
import type { Cause } from './cause';

export type RunStatus = 'queued' | 'running' | 'finished' | 'failed';

/** What became of one ref. `forced` and `deleted` are for policies that allow them; `skipped` refs are none of ours to mirror. */
export type RefAction =
  'created' | 'fast_forwarded' | 'forced' | 'deleted' | 'unchanged' | 'skipped' | 'diverged' | 'rejected';

export type RefCounts = Readonly<Record<RefAction, number>>;

/** The outcome of one ref in one run. Refs that needed nothing are counted, not listed. */
export interface RefOutcome {
  readonly ref: RefName;
  /** Value in the forge before; null if it did not exist. */
  readonly oldOid: Oid | null;
  /** Value in the upstream; null if it was deleted there. */
  readonly newOid: Oid | null;
  readonly action: RefAction;
  /** Why it was left alone or refused. */
  readonly reason: Fault | null;
}

/** One attempt to bring a mirror up to date. Times are epoch ms by the database's clock. */
export interface Run {
  readonly id: string;
  readonly mirrorId: string;
  readonly cause: Cause;
  readonly status: RunStatus;
  readonly queuedAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly error: Fault | null;
  readonly counts: RefCounts | null;
  /** Bytes received from the upstream, listing included. */
  readonly receivedBytes: number;
  /** Bytes sent to the forge. */
  readonly sentBytes: number;
}

export const noCounts: RefCounts = {
  created: 0,
  fast_forwarded: 0,
  forced: 0,
  deleted: 0,
  unchanged: 0,
  skipped: 0,
  diverged: 0,
  rejected: 0,
};

export function countOutcomes(outcomes: Iterable<RefOutcome>, unchanged: number, skipped = 0): RefCounts {
  const counts = { ...noCounts, unchanged, skipped };
  for (const outcome of outcomes) counts[outcome.action] += 1;
  return counts;
}

/** Did every ref of the upstream reach the forge? */
export function isComplete(counts: RefCounts): boolean {
  return counts.diverged === 0 && counts.rejected === 0;
}
