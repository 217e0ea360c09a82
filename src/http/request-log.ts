import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pinoHttp, type HttpLogger, type Options } from 'pino-http';

/**
 * One line per answered request, bound to an id that the answer carries as X-Request-Id. No headers, no body and no query:
 * those are where tokens are.
 */
export function createRequestLog(logger: NonNullable<Options['logger']>): HttpLogger {
  return pinoHttp({
    logger,
    genReqId: (request, response) => {
      const given = request.headers['x-request-id'];
      const id = typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    autoLogging: { ignore: (request) => request.url === '/healthz' || request.url === '/readyz' },
    customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'warn' : 'info'),
    customSuccessMessage: () => 'request answered',
    customErrorMessage: () => 'request answered',
    // The error middleware has logged what there is to say.
    customErrorObject: (_request, _response, _error, fields: { res: unknown; responseTime: unknown }) => ({
      res: fields.res,
      responseTime: fields.responseTime,
    }),
    customProps: (_request, response) => codeOf(response),
    serializers: {
      req: (request: { id: unknown; method: string; url: string }) => ({
        id: request.id,
        method: request.method,
        path: request.url.split('?')[0]?.slice(0, 500),
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
    },
  });
}

/** The request's id, for other log lines. */
export function requestIdOf(request: IncomingMessage): string {
  return typeof request.id === 'string' ? request.id : '';
}

function codeOf(response: ServerResponse): object {
  const locals = (response as ServerResponse & { locals?: { code?: unknown } }).locals;
  return typeof locals?.code === 'string' ? { code: locals.code } : {};
}
