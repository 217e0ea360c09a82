import type { Request, Response } from 'express';
import { limiter, type RateLimitDeps } from '../rate-limits';
import { signedInOf } from '../sign-in/session-data';

/** Connections to servers of a person's choice in a minute, so that a form is no port scanner. */
const perMinute = 20;

/** Counts one connection that somebody's form asks for; by person, over all their projects. Raises too_many_requests. */
export function connectionLimit(
  deps: Pick<RateLimitDeps, 'rateCounters' | 'log'>,
): (request: Request) => Promise<void> {
  const limit = limiter(deps, 'panel connections', {
    limit: perMinute,
    standardHeaders: false,
    keyGenerator: (request) => `account ${(signedInOf(request)?.login ?? '').toLowerCase()}`,
  });
  return (request) =>
    new Promise((resolve, reject) => {
      // Express sets the response on every request.
      void limit(request, request.res as Response, (thrown: unknown) =>
        thrown instanceof Error ? reject(thrown) : resolve(),
      );
    });
}
