import { toHeadwaterError } from '../domain/errors';
import type { MirrorNotice } from '../domain/events';
import type { Logger } from '../ports/logger';
import type { Notices } from '../ports/notices';
import type { Claim } from './claim';

export interface LeaseDeps {
  readonly leaseMs: number;
  readonly notices: Pick<Notices, 'subscribe'>;
  readonly log: Logger;
}

/**
 * Renews the claim while the run lasts. `signal` aborts with the reason when the claim is lost, or when the database could
 * not be reached for so long that it may be lost: nothing may be pushed then. A notice that it may be lost is looked into at
 * once, since whoever changed the mirror waits for the run to end.
 */
export function keepLease(
  { leaseMs, notices, log }: LeaseDeps,
  claim: Claim,
  outer: AbortSignal,
): { signal: AbortSignal; stop: () => void } {
  const lost = new AbortController();
  let renewedAt = performance.now();
  let renewing = false;
  let stopped = false;
  const renew = (): void => {
    if (renewing || stopped) return;
    renewing = true;
    claim
      .renew()
      .then(() => {
        renewedAt = performance.now();
      })
      .catch((thrown: unknown) => {
        const error = toHeadwaterError(thrown);
        const provable = error.code === 'store_unavailable' && performance.now() - renewedAt < leaseMs / 2;
        const usual = error.code === 'run_superseded';
        log[usual ? 'info' : 'warn'](
          { code: error.code },
          provable ? 'lease could not be renewed yet' : 'lease is lost',
        );
        if (!provable) lost.abort(error);
      })
      .finally(() => {
        renewing = false;
      });
  };
  const timer = setInterval(renew, Math.min(5000, leaseMs / 4));
  const listening = notices.subscribe(claim.mirror.id, (notice) => {
    if (mayEnd(notice, claim.run.id)) renew();
  });
  return {
    signal: AbortSignal.any([outer, lost.signal]),
    stop: () => {
      stopped = true;
      clearInterval(timer);
      void listening.then((leave) => leave());
    },
  };
}

function mayEnd(notice: MirrorNotice, runId: string): boolean {
  if (notice.type === 'run.queued') return notice.runId !== runId;
  if (notice.type === 'run.failed') return notice.runId === runId;
  return notice.type === 'mirror.removed';
}
