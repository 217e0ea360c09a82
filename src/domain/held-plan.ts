import type { Fault } from './errors';
import type { RefUpdate } from './ref-plan';
import type { RefOutcome } from './run';

/** What the guards held back: shown with the mirror, and accepted as a whole or not at all. */
export interface HeldPlan {
  /** Names exactly this plan: the settings, every old and new value, and what the upstream lost. */
  readonly id: string;
  readonly runId: string;
  /** Epoch ms by the database's clock. */
  readonly at: number;
  /** Which guards it ran into. */
  readonly reasons: readonly Fault[];
  /** What would be overwritten or deleted; only the first of `total`. */
  readonly refs: readonly RefOutcome[];
  readonly total: number;
  /** What the upstream no longer has; only the first of `lostTotal`. */
  readonly lost: readonly string[];
  readonly lostTotal: number;
  readonly accepted: boolean;
}

/** Of a held plan, so many refs of each kind are shown. */
export const shownRefs = 100;

/** Does the update take something away? */
export function isDestructive(update: RefUpdate): boolean {
  return update.action === 'forced' || update.action === 'deleted';
}

/** While it is held that a first run would overwrite what the project had, runs to come are first runs as well. */
export function holdsFirstRun(held: HeldPlan | null): boolean {
  return held?.reasons.some((reason) => reason.code === 'held_first_overwrite') ?? false;
}
