import type { RequestHandler, Response } from 'express';

/** How the double misbehaves when a test asks for it. */
export type ForgeFault =
  /** Answers every request with this, as a broken proxy before the forge would. */
  | { readonly kind: 'answer'; readonly status: number; readonly body: string; readonly contentType: string }
  /** Takes requests and never answers. */
  | { readonly kind: 'hang' }
  /** Takes a push, applies it, and cuts the connection instead of answering. */
  | { readonly kind: 'lose_push_answer' }
  /** Cuts the connection in the middle of a push's body; nothing is applied. */
  | { readonly kind: 'cut_push' };

export interface FaultSwitch {
  /** Applies to requests whose path matches `where`, until it is set to null. */
  set(fault: ForgeFault | null, where?: RegExp): void;
  readonly active: (path: string) => ForgeFault | null;
}

export function createFaultSwitch(): FaultSwitch {
  let current: ForgeFault | null = null;
  let place = /^/;
  return {
    set(fault, where = /^/) {
      current = fault;
      place = where;
    },
    active: (path) => (place.test(path) ? current : null),
  };
}

/** The faults that need no knowledge of the request. */
export function faultMiddleware(faults: FaultSwitch): RequestHandler {
  return (request, response: Response, next) => {
    const fault = faults.active(request.path);
    if (fault === null || request.path.startsWith('/api/internal/')) return next();
    if (fault.kind === 'answer') {
      response.status(fault.status).type(fault.contentType).send(fault.body);
      return;
    }
    if (fault.kind === 'hang') return;
    next();
  };
}
