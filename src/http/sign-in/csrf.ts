import { csrfSync } from 'csrf-sync';
import type { Request, RequestHandler } from 'express';
import { HeadwaterError } from '../../domain/errors';

const field = '_csrf';

export interface Csrf {
  /** The name of the form field; the header is X-CSRF-Token. */
  readonly field: string;
  /** The token that a page of this session puts into its forms. */
  token(request: Request): string;
  /** Lets nothing pass that changes anything and lacks the token. A form's body must have been read. Raises csrf_refused. */
  readonly protect: RequestHandler;
}

/** A token per session, told by the server and sent back by whoever could read the page. */
export function createCsrf(): Csrf {
  const { generateToken, isRequestValid } = csrfSync({
    size: 32,
    getTokenFromRequest: (request) => {
      const body = request.body as Record<string, unknown> | undefined;
      const sent = request.get('x-csrf-token') ?? body?.[field];
      return typeof sent === 'string' ? sent : undefined;
    },
  });
  return {
    field,
    token: (request) => generateToken(request),
    protect: (request, _response, next) => {
      if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return next();
      // A browser says where a request comes from; a page of another site has no business here, whatever it knows.
      if (request.get('sec-fetch-site') === 'cross-site' || !isRequestValid(request))
        throw new HeadwaterError('csrf_refused');
      next();
    },
  };
}
