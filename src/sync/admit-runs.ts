import { hasSlowRoom, roomOn } from '../domain/host-budget';
import type { SchedulePolicy } from '../domain/mirror';
import type { RunQueue } from '../ports/run-queue';
import type { Store } from '../ports/store';
import { priorityOf } from './run-priority';

export interface AdmitDeps {
  readonly store: Pick<Store, 'now' | 'hostLoad' | 'waitingRuns'>;
  readonly queue: Pick<RunQueue, 'ensure'>;
  readonly policy: SchedulePolicy;
}

/**
 * Puts those runs of a host into the queue that may begin now. All others wait in the database, so that a host with
 * thousands of runs, or one that wants to be left alone, is never ahead of others in the queue nor in a worker's slot.
 * Called whenever something of that host is asked for or ends, and by the round. Raises queue_unavailable.
 */
export async function admitRuns(deps: AdmitDeps, host: string): Promise<void> {
  const load = await deps.store.hostLoad(host);
  const room = roomOn(load, await deps.store.now(), deps.policy);
  if (room === 0) return;
  const runs = await deps.store.waitingRuns(host, { limit: room, withSlow: hasSlowRoom(load, deps.policy) });
  for (const run of runs) await deps.queue.ensure({ runId: run.id, mirrorId: run.mirrorId }, priorityOf(run.cause));
}
