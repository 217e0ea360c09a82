import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import type { Actor } from '../../domain/audit';
import { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import type { ForgeIdentity, Identity } from '../../ports/identity';
import { begunLifeMs, keepBegun, takeBegun, type BegunCookie } from './begun-cookie';
import type { Csrf } from './csrf';
import { ownPath, projectName } from './public-place';
import { sessionOf } from './session-data';
import { endSession, renewSession, saveSession } from './session-middleware';
import type { SignInDeps } from './sign-in-deps';

/** Where the forge sends people back to; the manifest tells the forge's admin the same. */
export const callbackPath = '/oauth/callback';

/** A page that is loaded so shortly before the access token ends renews it first, so that its forms can still be sent; ms. */
const renewBeforeMs = 5 * 60_000;

/** /oauth/login, /oauth/callback and /oauth/logout. */
export function createOauthRouter(deps: SignInDeps, csrf: Csrf): Router {
  const router = Router();
  router.get('/login', login(deps));
  router.get('/callback', callback(deps));
  router.post('/logout', express.urlencoded({ extended: false, limit: '4kb' }), csrf.protect, logout(deps));
  return router;
}

/**
 * Sends the browser to the forge. `return_to` is an own path; `back_to` is owner/repo, for the project's settings in the
 * forge; `renew` carries the sign-in of this session on. Raises sign_in_not_set_up and what `Identity.begin` raises.
 */
function login(deps: SignInDeps): RequestHandler {
  return async (request, response) => {
    const { query } = request;
    const project = projectName(query['back_to']);
    const returnTo = project === null ? ownPath(query['return_to']) : `${deps.forgePublicUrl}/${project}/settings`;
    const begun = await identityOf(deps).begin(callbackAddress(deps));
    const renews = query['renew'] === '1' && sessionOf(request) !== null;
    const { state, verifier } = begun;
    const cookie = { state, verifier: verifier.reveal(), returnTo, renews, expiresAt: deps.now() + begunLifeMs };
    keepBegun(response, deps.secrets, deps.place(), cookie);
    response.redirect(302, begun.address);
  };
}

/** Where the forge sends the browser back to. Raises sign_in_unknown and what `Identity.complete` raises. */
function callback(deps: SignInDeps): RequestHandler {
  return async (request, response) => {
    const identity = identityOf(deps);
    const place = deps.place();
    const begun = takeBegun(request, response, deps.secrets, place, deps.now());
    const query = request.originalUrl.slice(request.originalUrl.indexOf('?'));
    const verifier = new Secret(begun.verifier);
    const found = await identity.complete(new URL(callbackAddress(deps) + query), { state: begun.state, verifier });
    await signIn(deps, request, begun, found);
    response.redirect(303, begun.returnTo.startsWith('/') ? `${place.base}${begun.returnTo}` : begun.returnTo);
  };
}

async function signIn(deps: SignInDeps, request: Request, begun: BegunCookie, found: ForgeIdentity): Promise<void> {
  const { id, login: name } = await deps.forge.caller(found.token);
  if (id !== found.userId) throw new HeadwaterError('sign_in_refused', { why: 'it named two different people' });
  const before = sessionOf(request);
  const renewed = begun.renews && before?.userId === id ? before : null;
  const csrfToken = renewed === null ? undefined : request.session.csrfToken;
  await renewSession(request);
  request.session.signedIn = {
    userId: id,
    login: name,
    token: found.token.reveal(),
    tokenExpiresAt: deps.now() + found.tokenLifeMs,
    tokenRenewAt: deps.now() + found.tokenLifeMs - Math.min(renewBeforeMs, found.tokenLifeMs / 10),
    since: renewed?.since ?? deps.now(),
  };
  // Forms in other tabs of the same person stay good when the token was renewed behind them.
  if (csrfToken !== undefined) request.session.csrfToken = csrfToken;
  await saveSession(request);
  if (renewed === null) await deps.note(actor(name, request), { action: 'session.began', details: {} });
}

function actor(who: string, request: Request): Actor {
  return { who, via: 'session', from: request.ip ?? null };
}

/** Ends the session here; the one in the forge is the forge's business. */
function logout(deps: SignInDeps): RequestHandler {
  return async (request: Request, response: Response) => {
    const to = ownPath((request.body as Record<string, unknown> | undefined)?.['return_to']);
    const left = sessionOf(request)?.login;
    await endSession(request, response, deps.place());
    if (left !== undefined) await deps.note(actor(left, request), { action: 'session.ended', details: {} });
    response.redirect(303, `${deps.place().base}${to}`);
  };
}

function identityOf({ identity }: SignInDeps): Identity {
  if (identity === null) throw new HeadwaterError('sign_in_not_set_up');
  return identity;
}

function callbackAddress(deps: SignInDeps): string {
  return deps.place().url + callbackPath;
}
