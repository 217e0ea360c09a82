import { HeadwaterError } from '../domain/errors';
import { announce, recordRequest, type RequestDeps, type RequestedRun } from './request-sync';
import { supersede } from './supersede';

/**
 * Accepts exactly the plan that is held, and starts a run that carries it out. If the plan has changed by then, that run
 * holds the new one instead. Raises mirror_not_found, mirror_disabled, mirror_paused, plan_stale.
 */
export async function acceptPlan(deps: RequestDeps, mirrorId: string, planId: string): Promise<RequestedRun> {
  const requested = await deps.store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(mirrorId);
    if (mirror === null) throw new HeadwaterError('mirror_not_found');
    if (mirror.held === null || mirror.held.id !== planId) throw new HeadwaterError('plan_stale');
    // A run that began before does not know of this.
    const free = await supersede(tx, deps.policy, mirror);
    await tx.saveMirror({ ...free, held: { ...mirror.held, accepted: true } });
    return recordRequest(tx, deps, mirrorId, 'manual');
  });
  return announce(deps, requested, 'manual');
}
