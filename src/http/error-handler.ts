import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { HeadwaterError, httpStatusOf, toHeadwaterError } from '../domain/errors';
import { faultClass } from '../domain/failure-rules';
import type { Logger } from '../ports/logger';
import type { Problem } from './api/answers/problem';
import { requestIdOf } from './request-log';

export const routeNotFound: RequestHandler = () => {
  throw new HeadwaterError('route_not_found');
};

/** How a fault is shown; the status is set already. */
export type ShowFault = (error: HeadwaterError, request: Request, response: Response) => void;

/** The one place where a thrown value becomes an answer: JSON, unless it is shown as a page. */
export function createErrorHandler(log: Logger, show: ShowFault = showAsJson): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return (thrown: unknown, request, response, _next) => {
    const error = translate(thrown);
    response.locals.code = error.code;
    if (error.kind === 'bug') log.error({ requestId: requestIdOf(request), err: error }, 'request failed by a bug');
    if (error.kind === 'transient')
      log.warn({ requestId: requestIdOf(request), code: error.code }, 'request failed for now');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (error.retryAfterMs !== undefined) response.set('Retry-After', String(Math.ceil(error.retryAfterMs / 1000)));
    if (error.code === 'token_missing' || error.code === 'token_invalid')
      response.set('WWW-Authenticate', 'Bearer realm="headwater"');
    response.status(httpStatusOf(error.code));
    show(error, request, response);
  };
}

const showAsJson: ShowFault = (error, _request, response) => {
  const body: Problem = {
    ...error.toFault(),
    class: faultClass(error.code),
    ...(error.fieldFaults.length > 0 ? { errors: [...error.fieldFaults] } : {}),
  };
  response.json(body);
};

/** Errors of express and its body parser by their documented `type`; everything unknown is a bug. */
function translate(thrown: unknown): HeadwaterError {
  if (thrown instanceof HeadwaterError) return thrown;
  const { type, status } = thrown as { type?: unknown; status?: unknown };
  if (type === 'entity.too.large') return new HeadwaterError('body_too_large', {}, { cause: thrown });
  // Damaged JSON, an unknown charset or encoding, a body shorter than announced.
  if (typeof type === 'string' && typeof status === 'number' && status < 500)
    return new HeadwaterError('body_invalid', {}, { cause: thrown });
  // A path whose percent-encoding cannot be decoded leads nowhere.
  if (thrown instanceof URIError) return new HeadwaterError('route_not_found', {}, { cause: thrown });
  return toHeadwaterError(thrown);
}
