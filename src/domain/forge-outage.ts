import type { FaultCode } from './fault-catalogue';
import type { Run } from './run';

/**
 * Faults that say nothing of a mirror: the forge as a whole does not answer, or does not let Headwater in. They hit every
 * mirror that has something to deliver, and all of these wait for the forge, not for their next pass.
 */
export const outageCodes: readonly FaultCode[] = ['forge_unreachable', 'forge_token_refused'];

/** Faults of the forge that may be part of an outage, which a look at the forge itself tells. */
export const doubtfulCodes: readonly FaultCode[] = ['forge_failed', 'forge_push_failed'];

export function isOutage(code: FaultCode): boolean {
  return outageCodes.includes(code);
}

/** So often a mirror is tried again out of turn. */
const mostTries = 3;

/**
 * May a mirror be tried again now that the forge answers? Not for ever: a forge that answers when it is asked and falls silent
 * under work, or over this one project, is left alone until the mirror's next pass. `runs`: its latest, newest first.
 */
export function mayTryAgain(runs: readonly Run[], now: number, passIntervalMs: number): boolean {
  const met = runs.slice(0, mostTries + 1).filter((run) => run.error !== null && isOutage(run.error.code));
  const recent = met.filter((run) => (run.finishedAt ?? now) > now - passIntervalMs);
  return recent.length <= mostTries;
}
