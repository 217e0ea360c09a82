import type { Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import type { Secret } from '../../domain/credentials';
import type { PublicPlace } from './public-place';
import { SealedSessionStore, type SessionStoreDeps } from './session-store';

export interface SessionDeps extends SessionStoreDeps {
  /** Sign the cookie: the first signs, all are taken. */
  readonly cookieKeys: readonly Secret[];
  readonly place: () => PublicPlace;
}

/** Says nothing of what runs here. */
const cookieName = 'panel_session';

/**
 * Gives requests their session. SameSite=Lax: where the forge is the same site, the cookie reaches the panel inside the
 * forge's pages too; where it is not, browsers would withhold any cookie there, so the panel is a page of its own.
 */
export function createSessionMiddleware(deps: SessionDeps): RequestHandler {
  const handle = session({
    name: cookieName,
    store: new SealedSessionStore(deps),
    secret: deps.cookieKeys.map((key) => key.reveal()),
    resave: false,
    saveUninitialized: false,
    cookie: (request) => ({
      httpOnly: true,
      sameSite: 'lax',
      secure: deps.place().isSecure,
      // First asked whether the request is below this path, which a proxy has shortened; then for the cookie itself.
      path: hasSession(request) ? `${deps.place().base}/` : '/',
    }),
  });
  return (request, response, next) => {
    // What the browser speaks is what the public address says, whatever stands between.
    if (deps.place().isSecure) Object.defineProperty(request, 'secure', { value: true, configurable: true });
    handle(request, response, next);
  };
}

function hasSession(request: Request): boolean {
  return (request.session as Request['session'] | undefined) !== undefined;
}

/** The session goes, and the cookie with it. */
export function endSession(request: Request, response: Response, place: PublicPlace): Promise<void> {
  if (!response.headersSent) response.clearCookie(cookieName, { path: `${place.base}/` });
  return new Promise((resolve, reject) => {
    request.session.destroy((thrown: unknown) => (thrown ? reject(toError(thrown)) : resolve()));
  });
}

/** A new id for what is now another session: whoever knew the old id knows nothing of the new one. */
export function renewSession(request: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    request.session.regenerate((thrown: unknown) => (thrown ? reject(toError(thrown)) : resolve()));
  });
}

/** Before a redirect: browsers follow it without waiting for its end. */
export function saveSession(request: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    request.session.save((thrown: unknown) => (thrown ? reject(toError(thrown)) : resolve()));
  });
}

/** Reads again whether it is still there, for a request that lasts. */
export function reloadSession(request: Request): Promise<boolean> {
  return new Promise((resolve) => {
    request.session.reload((thrown: unknown) => resolve(!thrown));
  });
}

function toError(thrown: unknown): Error {
  return thrown as Error;
}
