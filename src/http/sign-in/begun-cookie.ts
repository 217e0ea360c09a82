import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import type { SecretBox } from '../../ports/secret-box';
import type { PublicPlace } from './public-place';

/** A sign-in under way, as the browser keeps it. */
export interface BegunCookie {
  readonly state: string;
  readonly verifier: string;
  /** An own path, or the whole address of the project's settings in the forge. */
  readonly returnTo: string;
  /** Carries an earlier sign-in on instead of beginning a new one. */
  readonly renews: boolean;
  /** Epoch ms. */
  readonly expiresAt: number;
}

export const begunLifeMs = 10 * 60_000;
const context = 'sign-in under way';
const prefix = 'panel_signin_';

/**
 * One sealed cookie per sign-in, so that several tabs can sign in at once, strangers leave nothing behind in the database,
 * and only the browser that began a sign-in can complete it.
 */
export function keepBegun(response: Response, secrets: SecretBox, place: PublicPlace, begun: BegunCookie): void {
  const sealed = secrets.seal(new Secret(JSON.stringify(begun)), context);
  response.cookie(nameOf(begun.state), sealed, { ...optionsAt(place), maxAge: begunLifeMs });
}

/** Takes it out of the browser. Raises sign_in_unknown. */
export function takeBegun(
  request: Request,
  response: Response,
  secrets: SecretBox,
  place: PublicPlace,
  now: number,
): BegunCookie {
  const { state } = request.query;
  if (typeof state !== 'string' || state.length > 200) throw new HeadwaterError('sign_in_unknown');
  const sealed = readCookie(request, nameOf(state));
  if (sealed === null) throw new HeadwaterError('sign_in_unknown');
  response.clearCookie(nameOf(state), optionsAt(place));
  const begun = open(secrets, sealed);
  if (begun === null || begun.state !== state || begun.expiresAt <= now) throw new HeadwaterError('sign_in_unknown');
  return begun;
}

function open(secrets: SecretBox, sealed: string): BegunCookie | null {
  try {
    return JSON.parse(secrets.open(sealed, context).reveal()) as BegunCookie;
  } catch {
    return null;
  }
}

function optionsAt({ base, isSecure }: PublicPlace) {
  return { httpOnly: true, sameSite: 'lax', secure: isSecure, path: `${base}/oauth/` } as const;
}

function nameOf(state: string): string {
  return prefix + createHash('sha256').update(state).digest('hex').slice(0, 16);
}

function readCookie(request: Request, name: string): string | null {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined) return decode(value);
  }
  return null;
}

function decode(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
