import type { Request } from 'express';
import { Secret } from '../../domain/credentials';

/** What a session holds; it is sealed as a whole in the store. Times are epoch ms. */
export interface SignedInData {
  readonly userId: number;
  readonly login: string;
  readonly token: string;
  readonly tokenExpiresAt: number;
  /** From then on a page gets a new one before it is shown. */
  readonly tokenRenewAt: number;
  /** When the person signed in; renewing the token does not change it. */
  readonly since: number;
}

declare module 'express-session' {
  interface SessionData {
    signedIn?: SignedInData;
    /** Until when the store keeps it. */
    storedUntil?: number;
  }
}

/** Who is signed in to the browser that sent a request. */
export interface SignedIn {
  readonly userId: number;
  readonly login: string;
  /** The person's access token of the forge: it may read, and nothing else. */
  readonly token: Secret;
  readonly tokenExpiresAt: number;
}

/** A session is over after so long in all, and after so long without a request; ms. */
export interface SessionLife {
  readonly absoluteMs: number;
  readonly idleMs: number;
}

export const usualLife: SessionLife = { absoluteMs: 8 * 3_600_000, idleMs: 3_600_000 };

/** Null when nobody is signed in, or the access token has ended (a page renews it by itself). */
export function signedInOf(request: Request, now = Date.now()): SignedIn | null {
  const data = sessionOf(request);
  if (data === null || data.tokenExpiresAt <= now) return null;
  const { userId, login, token, tokenExpiresAt } = data;
  return { userId, login, token: new Secret(token), tokenExpiresAt };
}

/** The session, also when its access token has ended. Absent outside the routers that have sessions. */
export function sessionOf(request: Request): SignedInData | null {
  return (request.session as Request['session'] | undefined)?.signedIn ?? null;
}
