import type { RequestHandler, Response } from 'express';
import { HeadwaterError } from '../../domain/errors';
import { accountOf, callerOf } from './access';
import { limiter, type RateLimitDeps } from '../rate-limits';

/** For routes that make Headwater work for the caller. */
export interface RouteLimits {
  /** Requests of one caller in a minute. */
  readonly perMinute: number;
  /** Requests of all callers under way at the same time in one process. */
  readonly atOnce: number;
}

/** Comes after the check of rights. Answers too_many_requests with Retry-After. */
export function limitRate(
  deps: Pick<RateLimitDeps, 'rateCounters' | 'log'>,
  name: string,
  { perMinute, atOnce }: RouteLimits,
): RequestHandler[] {
  const perCaller = limiter(deps, name, {
    limit: perMinute,
    keyGenerator: (_request, response) => callerKey(response),
  });
  let underWay = 0;
  const allTogether: RequestHandler = (_request, response, next) => {
    if (underWay >= atOnce) return next(tooMany(1000));
    underWay += 1;
    response.once('close', () => (underWay -= 1));
    next();
  };
  return [perCaller, allTogether];
}

/** A token that may not tell its owner's name counts for its project. */
function callerKey(response: Response): string {
  const account = accountOf(response);
  if (account !== undefined) return `account ${account.login.toLowerCase()}`;
  const { login, project } = callerOf(response);
  return login === '' ? `project ${project.id}` : `account ${login.toLowerCase()}`;
}

function tooMany(retryAfterMs: number): HeadwaterError {
  return new HeadwaterError('too_many_requests', {}, { retryAfterMs });
}
