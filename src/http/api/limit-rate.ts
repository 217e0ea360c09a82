import type { RequestHandler, Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { HeadwaterError } from '../../domain/errors';
import { accountOf, callerOf } from './access';

/** For routes that make Headwater work for the caller; counted in each process by itself. */
export interface RouteLimits {
  /** Requests of one caller in a minute. */
  readonly perMinute: number;
  /** Requests of all callers under way at the same time. */
  readonly atOnce: number;
}

const windowMs = 60_000;

/** Comes after the check of rights. Answers too_many_requests with Retry-After. */
export function limitRate({ perMinute, atOnce }: RouteLimits): RequestHandler[] {
  const perCaller = rateLimit({
    windowMs,
    limit: perMinute,
    standardHeaders: false,
    legacyHeaders: false,
    keyGenerator: (_request, response) => callerKey(response),
    handler: (request, _response, next) => {
      const { resetTime } = (request as typeof request & { rateLimit: { resetTime?: Date } }).rateLimit;
      next(tooMany(Math.max(1000, (resetTime?.getTime() ?? Date.now() + windowMs) - Date.now())));
    },
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
