import { basicAuthorization } from '../../domain/credentials';
import type { LfsSource } from '../../domain/lfs-source';
import type { BatchLink } from './batch';

/** Where one object is, and what to send along to there and to nowhere else. */
export interface DownloadLink {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Epoch ms; the link is asked for anew once it has come. */
  readonly expiresAt: number;
}

/** Reads as "its link is not usable: <why>". */
export interface LinkRefusal {
  readonly why: string;
}

/**
 * Headers that object stores ask for. Everything else that a server may write, above all Host and what steers the
 * connection, is left out (HOST-11).
 */
const allowedHeader = /^(authorization|accept|x-(amz|ms|goog|oss|obs|cos|gitlab|lfs)-[a-z0-9-]{1,100})$/;

const unprintable = /[^\t\u0020-\u007e]/;
const maxHeaderLength = 8192;

/**
 * Makes a request out of what the upstream says about one object. Our credentials go along only to the origin that they
 * are stored for, and only where the server sent no others; a server that writes them into a link to another place
 * does not get them there either. Whether the address may be connected to is the dialer's to say.
 */
export function acceptLink(
  link: BatchLink,
  source: LfsSource,
  options: { readonly authenticated: boolean; readonly now: number },
): DownloadLink | LinkRefusal {
  let url: URL;
  try {
    url = new URL(link.href);
  } catch {
    return { why: 'it cannot be read' };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { why: 'it leads elsewhere than to http or https' };
  if (url.username !== '' || url.password !== '') return { why: 'it has a user name inside' };

  const ours = authorizationOf(source);
  const isHome = url.origin === source.credentialsOrigin;
  const headers: Record<string, string> = {};
  for (const [given, value] of Object.entries(link.header ?? {})) {
    const name = given.toLowerCase();
    if (unprintable.test(given) || unprintable.test(value) || value.length > maxHeaderLength)
      return { why: 'it comes with a malformed header' };
    if (!allowedHeader.test(name)) continue;
    if (name === 'authorization' && value === ours && !isHome) continue;
    headers[name] = value;
  }
  if (ours !== null && isHome && !options.authenticated) headers['authorization'] ??= ours;
  return { url, headers, expiresAt: expiry(link, options.now) };
}

/** What signs us in at the source's own origin, and nowhere else; null: nothing. */
export function authorizationOf({ credentials, login }: LfsSource): string | null {
  if (credentials !== null) return basicAuthorization(credentials);
  return loginHeaders({ login })['authorization'] ?? null;
}

/** Headers of an SSH upstream's choice for its LFS server, as far as such a server may choose. */
export function loginHeaders({ login }: Pick<LfsSource, 'login'>): Record<string, string> {
  const usable = [...(login?.headers ?? [])]
    .map(([name, value]): [string, string] => [name, value.reveal()])
    .filter(([name, value]) => allowedHeader.test(name) && !unprintable.test(value) && value.length <= maxHeaderLength);
  return Object.fromEntries(usable);
}

/** A little early, so that a link does not run out on its way. */
const marginMs = 5_000;

function expiry({ expires_in, expires_at }: BatchLink, now: number): number {
  if (typeof expires_in === 'number' && expires_in > 0) return now + expires_in * 1000 - marginMs;
  const at = typeof expires_at === 'string' ? Date.parse(expires_at) : Number.NaN;
  // Some servers send the year 1 for "never".
  return Number.isFinite(at) && at > Date.UTC(2000) ? at - marginMs : Number.POSITIVE_INFINITY;
}
