import { fault } from '../domain/errors';
import { isAbandoned, transition, type Mirror } from '../domain/mirror';
import type { Run } from '../domain/run';
import { admitRuns } from './admit-runs';
import { recordNotices } from './notices/record-notices';
import { requestSync, type RequestDeps } from './request-sync';

/**
 * The minute round: puts right what a crash or the loss of Redis left behind, from the database alone. A run whose worker
 * died is marked failed and asked for anew; runs that wait and may begin are made sure to be in the queue. Answers how many were put right.
 */
export async function recoverRuns(deps: RequestDeps): Promise<number> {
  let count = 0;
  const now = await deps.store.now();
  for (const mirror of await deps.store.activeMirrors()) {
    if (isAbandoned(mirror, now)) {
      if (await failAbandoned(deps, mirror.id)) count += 1;
    }
  }
  for (const host of await deps.store.waitingHosts()) await admitRuns(deps, host);
  return count;
}

async function failAbandoned(deps: RequestDeps, mirrorId: string): Promise<boolean> {
  const after = await deps.store.transaction(async (tx): Promise<Mirror | null> => {
    const mirror = await tx.lockMirror(mirrorId);
    const at = await tx.now();
    if (mirror === null || !isAbandoned(mirror, at)) return null;
    const lost = fault('worker_lost');
    const run = mirror.activeRunId === null ? null : await tx.run(mirror.activeRunId);
    const ended: Run | null = run === null ? null : { ...run, status: 'failed', finishedAt: at, error: lost };
    if (ended !== null) await tx.saveRun(ended);
    // It counts as a failure, so that a mirror that kills every worker is paused in the end.
    const failed = transition(
      mirror,
      run?.cause === 'plan' ? { type: 'looked' } : { type: 'failed', at, fault: lost },
      deps.policy,
    );
    const told = await recordNotices(tx, { before: mirror, after: failed, run: ended, outcomes: [] });
    await tx.saveMirror({ ...told, fence: told.fence + 1 });
    // Nobody asked for more than a look.
    return run?.cause === 'plan' ? null : failed;
  });
  if (after === null) return false;
  deps.log.warn({ mirrorId, failures: after.failures }, 'worker of this run died');
  if (after.enabled && after.pause === null) await requestSync(deps, mirrorId, 'recovery');
  return true;
}
