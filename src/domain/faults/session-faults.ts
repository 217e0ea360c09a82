import type { CatalogueEntry } from './catalogue-entry';

/** What can go wrong with signing in through the forge, and with a session in the browser. */
export const sessionFaults = {
  sign_in_not_set_up: {
    class: 'ours',
    kind: 'user',
    status: 503,
    message: 'Signing in is not set up on this Headwater.',
    advice: 'The admin must set HEADWATER_OAUTH_CLIENT_ID and HEADWATER_OAUTH_CLIENT_SECRET.',
  },
  sign_in_misconfigured: {
    class: 'ours',
    kind: 'user',
    status: 503,
    message: 'Signing in does not work as it is set up: {why}.',
    advice:
      'The admin must look at HEADWATER_FORGE_PUBLIC_URL, HEADWATER_PUBLIC_URL and the OAuth2 application in the forge.',
  },
  sign_in_unknown: {
    class: 'request',
    kind: 'user',
    status: 400,
    message: 'This sign-in was not begun in this browser, was used already, or took too long.',
    advice: 'Sign in again.',
  },
  sign_in_refused: {
    class: 'request',
    kind: 'user',
    status: 403,
    message: 'The forge did not sign you in: {why}.',
    advice: 'Sign in again, and allow Headwater to know who you are.',
  },
  session_missing: {
    class: 'request',
    kind: 'user',
    status: 401,
    message: 'You are not signed in, or your sign-in has ended.',
    advice: 'Sign in and do it again.',
  },
  site_admin_needed: {
    class: 'request',
    kind: 'user',
    status: 403,
    message: 'This is for site admins of the forge.',
    advice: 'Use the access token of a site admin.',
  },
  csrf_refused: {
    class: 'request',
    kind: 'user',
    status: 403,
    message: 'The form was made for another sign-in, so nothing was done.',
    advice: 'Load the page anew and do it again.',
  },
} as const satisfies Record<string, CatalogueEntry>;
