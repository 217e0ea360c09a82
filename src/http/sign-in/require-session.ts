import type { Request, RequestHandler, Response } from 'express';
import { HeadwaterError } from '../../domain/errors';
import { plainPage } from './plain-page';
import { sessionOf, signedInOf } from './session-data';
import type { SignInDeps } from './sign-in-deps';
import { signInLink, type SignInLink } from './sign-in-link';

/** Answers a page request of somebody who is not signed in; the status is set already. */
export type SignedOutPage = (request: Request, response: Response, link: SignInLink) => void | Promise<void>;

/**
 * Lets only those pass who are signed in. To others a page tells how to sign in, and everything else is answered with 401
 * session_missing. Where only the access token has ended, a page renews it: the forge remembers the consent and sends the
 * browser straight back.
 */
export function requireSession(deps: SignInDeps, signedOut: SignedOutPage = plainSignedOut): RequestHandler {
  return (request, response, next) => {
    const signedIn = signedInOf(request, deps.now());
    const wantsPage = request.method === 'GET' && request.accepts(['json', 'html']) === 'html';
    const session = sessionOf(request);
    if (signedIn !== null && (!wantsPage || (session?.tokenRenewAt ?? 0) > deps.now())) return next();
    if (deps.identity === null) throw new HeadwaterError('sign_in_not_set_up');
    if (!wantsPage) throw new HeadwaterError('session_missing');
    if (session !== null) {
      const query = new URLSearchParams({ return_to: request.originalUrl, renew: '1' });
      return response.redirect(302, `${deps.place().base}/oauth/login?${query.toString()}`);
    }
    response.status(401);
    // Express hears of its failure.
    return signedOut(request, response, signInLink(request, deps.place(), deps.forgePublicUrl));
  };
}

const plainSignedOut: SignedOutPage = (_request, response, link) => {
  const why = link.worksInFrame
    ? 'Sign in to see the mirrors of this project.'
    : 'Your browser keeps sign-ins out of frames of another site, so the mirrors open as a page of their own.';
  const links = [{ href: link.href, text: 'Sign in', target: link.target }];
  response.type('html').send(plainPage({ title: 'Sign in', sentences: [why], links }));
};
