import type { FailureRule } from './failure-rules';
import type { BudgetPolicy } from './host-budget';
import type { ManualBudget } from './manual-budget';
import { fractionOf } from './stable-fraction';
import type { UpdateInterval } from './update-interval';

/** The schedule's numbers; all settings of the admin, in ms. */
export interface SchedulePolicy extends BudgetPolicy, ManualBudget {
  /** Each mirror has a pass once in this time, at a moment of its own. */
  readonly passIntervalMs: number;
  /** A mirror is updated by the clock at most once in this time, unless it has an interval of its own. */
  readonly updateIntervalMs: number;
  /** Bounds of a mirror's own interval. */
  readonly minIntervalMs: number;
  readonly maxIntervalMs: number;
  /** The part of a pass over which mirrors are spread; 0: all have their pass on the stroke. */
  readonly spreadMs: number;
  /** A failed mirror is tried again this often before it is paused. */
  readonly maxRetries: number;
  /** No run lasts longer; a worker that is silent is noticed at the latest after this. */
  readonly stuckAfterMs: number;
}

/** What the upstream listed last, and when it last listed something else than before; epoch ms. */
export interface UpstreamActivity {
  readonly digest: string;
  readonly changedAt: number;
}

/** What the schedule knows of a mirror. */
export interface Scheduled {
  readonly id: string;
  readonly options: { readonly interval: UpdateInterval };
  readonly activity: UpstreamActivity | null;
}

/** The time between two updates by the clock, ms. Adaptive: half the time since the upstream last changed. */
export function intervalOf({ options: { interval }, activity }: Scheduled, at: number, policy: SchedulePolicy): number {
  if (interval === null) return policy.updateIntervalMs;
  const wanted = interval === 'adaptive' ? (at - (activity?.changedAt ?? at)) / 2 : interval;
  // The admin may have changed the bounds since it was set.
  return Math.min(Math.max(wanted, policy.minIntervalMs), policy.maxIntervalMs);
}

/** The pass of this mirror that `at` belongs to. Passes stand at equal distances, so that six hours are six passes. */
export function passOf(mirror: Scheduled, at: number, policy: SchedulePolicy): number {
  return gridPoint(Math.floor, at, gridOf(mirror, at, policy), mirror, policy);
}

/** The first pass at which a whole interval has gone by since `from`. */
export function nextTurn(mirror: Scheduled, from: number, policy: SchedulePolicy): number {
  const grid = gridOf(mirror, from, policy);
  return gridPoint(Math.ceil, from + intervalOf(mirror, from, policy), grid, mirror, policy);
}

/** When a mirror that failed at `at` is tried again: with jitter, and about its regular turn at the latest. */
export function retryAt(
  mirror: Scheduled,
  failure: {
    readonly at: number;
    readonly failures: number;
    readonly rule: FailureRule;
    /** The other side asked us not to come back for this long. */
    readonly retryAfterMs?: number | undefined;
  },
  policy: SchedulePolicy,
): number {
  const { at, failures, rule, retryAfterMs = 0 } = failure;
  const pass = policy.passIntervalMs;
  const passes = rule.retry === 'growing' ? 2 ** Math.max(0, failures - 1) : 1;
  const nextPass = gridPoint(Math.floor, at, pass, mirror, policy) + pass;
  const turn = Math.max(nextPass, nextTurn(mirror, at, policy));
  // Those whom one outage failed together do not come back together.
  const jitter = Math.floor((fractionOf(`${mirror.id}/${failures}`) * policy.spreadMs) / 4);
  return Math.max(Math.min(nextPass + (passes - 1) * pass, turn), at + retryAfterMs) + jitter;
}

/** A short interval makes the passes of its mirror more frequent. */
function gridOf(mirror: Scheduled, at: number, policy: SchedulePolicy): number {
  return Math.min(policy.passIntervalMs, intervalOf(mirror, at, policy));
}

function gridPoint(
  round: (value: number) => number,
  at: number,
  grid: number,
  { id }: Scheduled,
  policy: SchedulePolicy,
): number {
  const offset = Math.floor(fractionOf(id) * Math.min(policy.spreadMs, grid));
  return Math.floor(round((at - offset) / grid) * grid) + offset;
}
