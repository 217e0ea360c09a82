import type { Run } from './run';

/** How often people may start updates of one mirror by hand. */
export interface ManualBudget {
  /** So many a minute, and so many in vain at once; unset or 0: no limit. */
  readonly manualRunsPerMinute?: number;
  /** How long (ms) until one more may be started, once so many were in vain; unset or 0: no limit. */
  readonly manualIntervalMs?: number;
}

const minute = 60_000;

/**
 * How long (ms) the next update that a person asks for has to wait; 0: not at all. `runs`: the mirror's latest, newest first.
 * An update that found nothing new ends at once, so a script could start hundreds, each of which asks the upstream (WH-07). As
 * with GitLab, one in five minutes is enough then; but whoever mends a mirror may try some times at once before that, and
 * updates that brought something were worth it and do not count.
 */
export function manualWait(
  runs: readonly Run[],
  now: number,
  { manualRunsPerMinute: limit = 0, manualIntervalMs = 0 }: ManualBudget,
): number {
  if (limit === 0) return 0;
  const manual = runs.filter((run) => run.cause === 'manual');
  const first = manual.filter((run) => run.queuedAt > now - minute)[limit - 1];
  const forMinute = first === undefined ? 0 : Math.max(1000, first.queuedAt + minute - now);
  return Math.max(forMinute, waitForVain(manual.filter(isInVain), now, limit, manualIntervalMs));
}

/** A bucket of `limit` tries, one of which comes back in each interval. */
function waitForVain(newestFirst: readonly Run[], now: number, limit: number, intervalMs: number): number {
  if (intervalMs === 0) return 0;
  let tries = limit;
  let at = -Infinity;
  const refillUntil = (time: number): void => {
    tries = Math.min(limit, tries + Math.max(0, time - at) / intervalMs);
    at = time;
  };
  for (const run of [...newestFirst].reverse()) {
    refillUntil(run.queuedAt);
    tries -= 1;
  }
  refillUntil(now);
  return tries >= 1 ? 0 : Math.ceil((1 - tries) * intervalMs);
}

function isInVain({ counts }: Run): boolean {
  return counts === null || counts.created + counts.fast_forwarded + counts.forced + counts.deleted === 0;
}
