import { fault, type Fault } from '../domain/errors';
import { transition, type Mirror, type SchedulePolicy } from '../domain/mirror';
import type { StoreTransaction } from '../ports/store';

/**
 * Ends the run that is queued or running, if any; by default because the settings that it went by are no longer true.
 * Answers the mirror to save.
 */
export async function supersede(
  tx: StoreTransaction,
  policy: SchedulePolicy,
  mirror: Mirror,
  why: Fault = fault('run_superseded'),
): Promise<Mirror> {
  if (mirror.activeRunId === null) return mirror;
  const at = await tx.now();
  const run = await tx.run(mirror.activeRunId);
  if (run !== null) await tx.saveRun({ ...run, status: 'failed', finishedAt: at, error: why });
  return transition(mirror, { type: 'superseded', at }, policy);
}
