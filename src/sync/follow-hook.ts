import { toHeadwaterError } from '../domain/errors';
import type { Mirror } from '../domain/mirror';
import { announce, recordRequest, type RequestDeps } from './request-sync';

const batchSize = 200;

/**
 * Asks for a run if a delivery waits for one and its time has come. While a run is under way it goes on waiting, so that
 * one more follows; so it does while the mirror is off or paused, or waits for the retry of a failed run, whose rules it
 * must not shorten. Answers the mirror's run, or null when there was nothing to ask for.
 */
export async function followHook(deps: RequestDeps, mirrorId: string): Promise<string | null> {
  const asked = await deps.store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(mirrorId);
    const at = await tx.now();
    if (mirror === null || !mayFollow(mirror, at)) return null;
    await tx.saveMirror({ ...mirror, hook: { ...mirror.hook, lastAskedAt: at } });
    return recordRequest(tx, deps, mirrorId, 'upstream_hook');
  });
  if (asked === null) return null;
  return (await announce(deps, asked, 'upstream_hook')).run.id;
}

/** What a process that went away did not get to. Answers how many runs were asked for. */
export async function followDueHooks(deps: RequestDeps): Promise<number> {
  let count = 0;
  for (const mirror of await deps.store.dueHooks(await deps.store.now(), batchSize)) {
    try {
      if ((await followHook(deps, mirror.id)) !== null) count += 1;
    } catch (thrown) {
      deps.log.info({ mirrorId: mirror.id, code: toHeadwaterError(thrown).code }, 'mirror changed before its turn');
    }
  }
  return count;
}

type Followed = Mirror & { readonly hook: NonNullable<Mirror['hook']> };

function mayFollow(mirror: Mirror, at: number): mirror is Followed {
  const { hook } = mirror;
  if (hook === null || hook.dueAt === null || hook.dueAt > at) return false;
  return mirror.enabled && mirror.pause === null && mirror.activeRunId === null && mirror.lastError === null;
}
