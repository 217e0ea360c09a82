import { gunzipSync } from 'node:zlib';
import type { Express, NextFunction, Request, Response } from 'express';
import { faultsOfAnswer } from './declared-answers';
import { undeclaredAnswers } from './undeclared-answers';

/** Looks at every answer of the app when it has ended, and notes what is not as documented. */
export function watchAnswers(app: Express): Express {
  // `handle` is what the app itself calls for each request (express 5, lib/express.js).
  const inner = app as Express & { handle(request: Request, response: Response, next: NextFunction): void };
  const handle = inner.handle.bind(app);
  inner.handle = (request, response, next) => {
    const { method, originalUrl, url } = request;
    const pieces: Buffer[] = [];
    const keep = (piece: unknown): void => {
      if (typeof piece === 'string') pieces.push(Buffer.from(piece));
      else if (piece instanceof Uint8Array) pieces.push(Buffer.from(piece));
    };
    const write = response.write.bind(response) as (...args: unknown[]) => boolean;
    const end = response.end.bind(response) as (...args: unknown[]) => Response;
    response.write = ((...args: unknown[]) => (keep(args[0]), write(...args))) as Response['write'];
    response.end = ((...args: unknown[]) => {
      keep(args[0]);
      undeclaredAnswers.push(
        ...faultsOfAnswer({
          method,
          target: originalUrl ?? url,
          status: response.statusCode,
          header: (name) => response.get(name),
          text: method === 'HEAD' ? null : textOf(Buffer.concat(pieces), response),
        }),
      );
      return end(...args);
    }) as Response['end'];
    handle(request, response, next);
  };
  return app;
}

function textOf(bytes: Buffer, response: Response): string {
  return (response.get('content-encoding') === 'gzip' ? gunzipSync(bytes) : bytes).toString();
}
