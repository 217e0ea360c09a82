import { setTimeout as pause } from 'node:timers/promises';
import { HeadwaterError } from '../domain/errors';
import type { Run } from '../domain/run';
import { requestSync, type RequestDeps } from './request-sync';

/** How long (ms) a caller is kept waiting for a plan, and how often it is looked for. */
export interface PlanPatience {
  readonly waitMs: number;
  readonly pollMs: number;
}

/**
 * Has a worker find out what the next run would do, and waits for it. The plan is a run whose outcomes are intentions; one
 * that takes longer is answered as it stands, and can be read like any run.
 * Raises mirror_not_found, run_under_way, store_unavailable.
 */
export async function planNext(deps: RequestDeps, mirrorId: string, patience: PlanPatience): Promise<Run> {
  const { run } = await requestSync(deps, mirrorId, 'plan');
  if (run.cause !== 'plan') throw new HeadwaterError('run_under_way');
  for (const end = performance.now() + patience.waitMs; ; await pause(patience.pollMs)) {
    const now = await deps.store.run(run.id);
    if (now === null) throw new HeadwaterError('mirror_not_found');
    if (now.status === 'finished' || now.status === 'failed' || performance.now() >= end) return now;
  }
}
