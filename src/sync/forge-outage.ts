import { HeadwaterError, toHeadwaterError } from '../domain/errors';
import { doubtfulCodes, isOutage, mayTryAgain, outageCodes } from '../domain/forge-outage';
import type { Mirror } from '../domain/mirror';
import type { Forge } from '../ports/forge';
import type { Logger } from '../ports/logger';
import type { RequestDeps } from './request-sync';
import { askFor } from './schedule-due';

type AskedForge = Pick<Forge, 'account'>;

/**
 * What went wrong, once it is known whether the forge as a whole is down: a proxy before it answers with an error then, and
 * a push breaks off, which would look like a fault of the one project.
 */
export async function withoutForge(forge: AskedForge, error: HeadwaterError): Promise<HeadwaterError> {
  if (!doubtfulCodes.includes(error.code)) return error;
  const outage = await outageOf(forge);
  return outage ?? error;
}

/** Why the forge cannot be worked with; null: it answers. */
async function outageOf(forge: AskedForge): Promise<HeadwaterError | null> {
  try {
    await forge.account();
    return null;
  } catch (thrown) {
    const error = toHeadwaterError(thrown);
    if (isOutage(error.code)) return error;
    return new HeadwaterError('forge_unreachable', { why: 'it answers with errors only' }, { cause: error });
  }
}

/** Knows from one round to the next whether the forge answers, and says so once when that changes. */
export function createForgeWatch(deps: { readonly forge: AskedForge; readonly log: Logger }): () => Promise<boolean> {
  let answered = true;
  return async () => {
    const outage = await outageOf(deps.forge);
    if (outage !== null && answered)
      deps.log.warn({ code: outage.code, err: outage.cause }, 'the forge is down; what is due waits for it');
    if (outage === null && !answered) deps.log.info({}, 'the forge answers again');
    answered = outage === null;
    return answered;
  };
}

/** How many mirrors are looked through, and how many are asked for in one round, so that they do not all come at once. */
const batchSize = 1_000;
const mostAtOnce = 200;

/** The forge answers: asks for a run of the mirrors that waited for it, those first that waited longest. Answers how many. */
export async function runThoseThatWaited(deps: RequestDeps): Promise<number> {
  const now = await deps.store.now();
  const chosen: Mirror[] = [];
  for (const mirror of await deps.store.failedMirrors(outageCodes, batchSize)) {
    const { items } = await deps.store.runs(mirror.id, { page: 1, limit: 10 });
    if (mayTryAgain(items, now, deps.policy.passIntervalMs)) chosen.push(mirror);
    if (chosen.length === mostAtOnce) break;
  }
  return askFor(deps, chosen);
}
