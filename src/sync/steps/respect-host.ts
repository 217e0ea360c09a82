import { faultClass } from '../../domain/failure-rules';
import { budgetHost } from '../../domain/host-budget';
import { toHeadwaterError } from '../../domain/errors';
import type { SyncContext } from '../sync-context';

/** How long a host is left alone that asked for it without saying how long; ms. */
const unsaidMs = 5 * 60_000;

/**
 * Does something at the upstream. If its host asks to be left alone, all mirrors of that host do so, whichever worker they
 * come to. Only for what is asked of the upstream's own host: others must not be able to speak for it.
 */
export async function respectHost<T>(context: SyncContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const { code, retryAfterMs } = toHeadwaterError(thrown);
    const wait = retryAfterMs ?? (faultClass(code) === 'rate_limit' ? unsaidMs : 0);
    const upstream = faultClass(code) === 'rate_limit' || faultClass(code) === 'unreachable';
    if (upstream && wait > 0) {
      const host = budgetHost(context.claim.mirror.url);
      await context.claim.write(async (tx) => tx.blockHost(host, (await tx.now()) + wait));
      context.log.info({ host, waitMs: wait }, 'upstream asks to be left alone');
    }
    throw thrown;
  }
}
