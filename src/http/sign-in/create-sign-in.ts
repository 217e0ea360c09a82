import { Router, type Request, type RequestHandler } from 'express';
import { createErrorHandler, routeNotFound, type ShowFault } from '../error-handler';
import { createCsrf, type Csrf } from './csrf';
import { createOauthRouter } from './oauth-routes';
import { panelHeaders } from './panel-headers';
import { plainPage } from './plain-page';
import { requireSession, type SignedOutPage } from './require-session';
import { createSessionAccess, type SessionAccess } from './session-access';
import { createSessionMiddleware } from './session-middleware';
import type { SignInDeps } from './sign-in-deps';
import { signInLink, type SignInLink } from './sign-in-link';

/** Signing in through the forge, for routers whose callers are people with a browser. */
export interface SignIn {
  /** /oauth/login, /oauth/callback and /oauth/logout, for the root. */
  readonly router: Router;
  /** First of all in a router of pages: sessions, and who may frame its pages. `signedInOf` works from here on. */
  readonly pages: readonly RequestHandler[];
  /** Lets only those pass who are signed in; `signedOut` shows the others how to. */
  requireSession(signedOut?: SignedOutPage): RequestHandler;
  /** The rights of whoever is signed in, for paths with :owner and :repo; takes the place of the API's access. */
  readonly access: SessionAccess;
  readonly csrf: Csrf;
  /** How to sign in from the page that was asked for. */
  link(request: Request): SignInLink;
}

export function createSignIn(deps: SignInDeps): SignIn {
  const session = createSessionMiddleware(deps);
  const headers = panelHeaders(deps.forgePublicUrl);
  const csrf = createCsrf();
  const router = Router();
  router.use('/oauth', session, createOauthRouter(deps, csrf), routeNotFound);
  router.use('/oauth', createErrorHandler(deps.log, showAsPage(headers)));
  return {
    router,
    pages: [session, headers],
    requireSession: (signedOut) => requireSession(deps, signedOut),
    access: createSessionAccess(deps),
    csrf,
    link: (request) => signInLink(request, deps.place(), deps.forgePublicUrl),
  };
}

/** A sign-in may fail inside the forge's frame too, when a page renews it. */
function showAsPage(headers: RequestHandler): ShowFault {
  return (error, request, response) => {
    headers(request, response, () => {
      const { message, advice } = error.toFault();
      response.type('html').send(plainPage({ title: 'Signing in did not work', sentences: [message, advice] }));
    });
  };
}
