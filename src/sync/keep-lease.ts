import { toHeadwaterError } from '../domain/errors';
import type { Logger } from '../ports/logger';
import type { Claim } from './claim';

/**
 * Renews the claim while the run lasts. `signal` aborts with the reason when the claim is lost, or when the database could
 * not be reached for so long that it may be lost: nothing may be pushed then.
 */
export function keepLease(
  claim: Claim,
  leaseMs: number,
  outer: AbortSignal,
  log: Logger,
): { signal: AbortSignal; stop: () => void } {
  const lost = new AbortController();
  let renewedAt = performance.now();
  let renewing = false;
  const timer = setInterval(
    () => {
      if (renewing) return;
      renewing = true;
      claim
        .renew()
        .then(() => {
          renewedAt = performance.now();
        })
        .catch((thrown: unknown) => {
          const error = toHeadwaterError(thrown);
          const provable = error.code === 'store_unavailable' && performance.now() - renewedAt < leaseMs / 2;
          log.warn({ code: error.code }, provable ? 'lease could not be renewed yet' : 'lease is lost');
          if (!provable) lost.abort(error);
        })
        .finally(() => {
          renewing = false;
        });
    },
    Math.min(5000, leaseMs / 4),
  );
  return { signal: AbortSignal.any([outer, lost.signal]), stop: () => clearInterval(timer) };
}
