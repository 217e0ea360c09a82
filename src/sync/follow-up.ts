import type { Cause } from '../domain/cause';
import { toHeadwaterError } from '../domain/errors';
import type { Mirror } from '../domain/mirror';
import type { StoreTransaction } from '../ports/store';
import { announce, manualPatience, recordRequest, type RequestDeps } from './request-sync';

const batchSize = 200;

/**
 * Asks for one more run if somebody asked for an update while a run was under way that had begun to look already, or if a
 * delivery of the upstream waits and its time has come. Both are kept while a run is under way and while the mirror is off or
 * paused, and are struck out by the next run that begins to look. A delivery also waits for the retry of a failed run, whose
 * rules it must not shorten; a person's wish waits only while they asked too often. Answers the mirror's run, or null when
 * there was nothing to ask for.
 */
export async function followUp(deps: RequestDeps, mirrorId: string): Promise<string | null> {
  const asked = await deps.store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(mirrorId);
    if (mirror === null || !mirror.enabled || mirror.pause !== null || mirror.activeRunId !== null) return null;
    const at = await tx.now();
    const cause = await causeToFollow(tx, deps, mirror, at);
    if (cause === null) return null;
    if (cause === 'upstream_hook' && mirror.hook !== null)
      await tx.saveMirror({ ...mirror, hook: { ...mirror.hook, lastAskedAt: at } });
    return { recorded: await recordRequest(tx, deps, mirrorId, cause), cause };
  });
  if (asked === null) return null;
  return (await announce(deps, asked.recorded, asked.cause)).run.id;
}

async function causeToFollow(
  tx: StoreTransaction,
  { policy }: Pick<RequestDeps, 'policy'>,
  mirror: Mirror,
  at: number,
): Promise<Cause | null> {
  if (mirror.askedAgainAt !== null && (await manualPatience(tx, mirror.id, at, policy)) === 0) return 'manual';
  const dueAt = mirror.hook?.dueAt ?? null;
  return dueAt !== null && dueAt <= at && mirror.lastError === null ? 'upstream_hook' : null;
}

/** What a process that went away did not get to. Answers how many runs were asked for. */
export async function followAll(deps: RequestDeps): Promise<number> {
  const { store } = deps;
  const waiting = [...(await store.askedAgain(batchSize)), ...(await store.dueHooks(await store.now(), batchSize))];
  let count = 0;
  for (const mirrorId of new Set(waiting.map(({ id }) => id))) {
    try {
      if ((await followUp(deps, mirrorId)) !== null) count += 1;
    } catch (thrown) {
      deps.log.info({ mirrorId, code: toHeadwaterError(thrown).code }, 'mirror changed before its turn');
    }
  }
  return count;
}
