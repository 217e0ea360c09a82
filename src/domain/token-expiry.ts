import { fault, HeadwaterError, type Fault } from './errors';
import type { Mirror } from './mirror';
import { parseUpstreamUrl } from './upstream-url';

/** From so long before the end on, the mirror says so; ms. */
const noticeMs = 7 * 86_400_000;

type Holder = Pick<Mirror, 'url' | 'tokenExpiresAt'>;

/** What there is to say of the end of the stored token; null: nothing yet, or it is not known. */
export function tokenWarning(mirror: Holder, now: number): Fault | null {
  const { tokenExpiresAt } = mirror;
  if (tokenExpiresAt === null || tokenExpiresAt - now > noticeMs) return null;
  return fault(tokenExpiresAt > now ? 'upstream_token_expiring' : 'upstream_token_expired', factsOf(mirror));
}

/** A refusal by its name: an upstream does not say that the token has expired, but we may know. */
export function nameRefusal(error: HeadwaterError, mirror: Holder, now: number): HeadwaterError {
  const { tokenExpiresAt } = mirror;
  if (error.code !== 'upstream_credentials_refused' || tokenExpiresAt === null || tokenExpiresAt > now) return error;
  return new HeadwaterError('upstream_token_expired', factsOf(mirror), { cause: error });
}

/**
 * Epoch ms of what GitHub says in the header github-authentication-token-expiration: "2027-10-12 09:00:00 UTC", or with an
 * offset. null for what cannot be read.
 */
export function parseTokenExpiration(text: string): number | null {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d) ?(UTC|Z|[+-]\d\d:?\d\d)$/.exec(text.trim());
  if (match === null) return null;
  const zone = match[3] === 'UTC' ? 'Z' : (match[3] ?? '').replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2');
  const at = Date.parse(`${match[1]}T${match[2]}${zone}`);
  return Number.isNaN(at) ? null : at;
}

function factsOf({ url, tokenExpiresAt }: Holder) {
  return { host: parseUpstreamUrl(url).url.host, date: new Date(tokenExpiresAt ?? 0).toISOString().slice(0, 10) };
}
