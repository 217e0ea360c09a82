import { createHash } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type Options } from 'express-rate-limit';
import { HeadwaterError } from '../domain/errors';
import type { Logger } from '../ports/logger';
import type { RateCounters } from '../ports/rate-counters';

export interface RateLimitDeps {
  /** null: each process counts by itself. */
  readonly rateCounters: RateCounters | null;
  /** Requests a minute of one token, session or, without either, address. 0: no limit. */
  readonly requestsPerMinute: number;
  /** Requests a minute of one address that were refused for their token, session or signature. 0: no limit. */
  readonly refusedPerMinute: number;
  readonly log: Logger;
}

const windowMs = 60_000;

/**
 * For all callers, before anything is looked up for them. A caller is a token or a session, as sent; so made-up ones are
 * counted by address once they were refused, which keeps anybody from trying many. Answers tell the limit in `RateLimit`
 * and `RateLimit-Policy` (IETF draft 8). Raises too_many_requests.
 */
export function createRateLimits(deps: RateLimitDeps): RequestHandler[] {
  const { requestsPerMinute, refusedPerMinute } = deps;
  const refused =
    refusedPerMinute === 0
      ? []
      : [
          limiter(deps, 'refused', {
            limit: refusedPerMinute,
            keyGenerator: addressOf,
            // Told to those whom it concerns, when it does.
            standardHeaders: false,
            skipSuccessfulRequests: true,
            requestWasSuccessful: (_request, response) => response.statusCode !== 401,
          }),
        ];
  const every =
    requestsPerMinute === 0 ? [] : [limiter(deps, 'requests', { limit: requestsPerMinute, keyGenerator: callerOf })];
  return [...refused, ...every];
}

export function limiter(
  { rateCounters, log }: Pick<RateLimitDeps, 'rateCounters' | 'log'>,
  name: string,
  options: Partial<Options>,
): RequestHandler {
  return rateLimit({
    windowMs,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    identifier: name,
    ...(rateCounters === null ? {} : { store: rateCounters.counter(name, windowMs) }),
    // Better no limit than no service; what counts says itself that it is away.
    passOnStoreError: true,
    logger: {
      error: (error) => log.debug({ why: String(error) }, 'a request was not counted'),
      warn: (warning) => log.warn({ why: String(warning) }, 'rate limits are not set up well'),
    },
    handler: (request, _response, next) => {
      const { resetTime } = (request as Request & { rateLimit?: { resetTime?: Date } }).rateLimit ?? {};
      const waitMs = (resetTime?.getTime() ?? Date.now() + windowMs) - Date.now();
      next(new HeadwaterError('too_many_requests', {}, { retryAfterMs: Math.max(1000, waitMs) }));
    },
    ...options,
  });
}

/** Hashed, so that nothing that counts holds a token. */
function callerOf(request: Request): string {
  const token = request.get('authorization') ?? request.get('private-token');
  const session = /(?:^|; *)panel_session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  const proof = token ?? session;
  return proof === undefined
    ? `address ${addressOf(request)}`
    : `caller ${createHash('sha256').update(proof).digest('base64url')}`;
}

function addressOf(request: Request): string {
  return ipKeyGenerator(request.ip ?? '', 64);
}
