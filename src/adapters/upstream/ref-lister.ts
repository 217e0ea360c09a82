import type { IncomingHttpHeaders } from 'node:http';
import { createGuardedDialer, type GuardedDialer, type GuardedDialerOptions } from '../../git-http/guarded-dialer';
import { parseTokenExpiration } from '../../domain/token-expiry';
import { readAdvertisement } from '../../git-http/list-refs';
import type { Upstream } from '../../ports/upstream';
import { authorizationOf, contextOf, sshPlace } from './connection';
import { upstreamFault } from './http-errors';
import { ListingMemory } from './listing-memory';
import { toRefListing } from './ref-listing';
import { readSshAdvertisement } from './ssh/ssh-listing';

export interface ListingLimits {
  /** Silence for so long ends a listing; ms. */
  readonly idleTimeoutMs: number;
  /** A listing lasts at most so long; ms. */
  readonly totalTimeoutMs: number;
  readonly maxListingBytes: number;
}

export type RefListerOptions = GuardedDialerOptions & ListingLimits;

/** Upstreams for those who only look, without children to fetch with. Close it to end the connections that it keeps. */
export function createRefLister(options: RefListerOptions): Pick<Upstream, 'list'> & { close(): void } {
  const dialer = createGuardedDialer(options);
  return { list: listThrough(dialer, options), close: () => dialer.close() };
}

/** Lists refs over HTTP(S) or SSH. */
export function listThrough(dialer: GuardedDialer, limits: ListingLimits): Upstream['list'] {
  const { idleTimeoutMs, totalTimeoutMs, maxListingBytes: maxBytes } = limits;
  const memory = new ListingMemory();
  return async (access, signal) => {
    const translate = upstreamFault(contextOf(access, 'listing'));
    const place = sshPlace(access, dialer, idleTimeoutMs);
    if (place !== null)
      return toRefListing(await readSshAdvertisement({ ...place, totalTimeoutMs, maxBytes, signal, translate }));
    let credentialsExpireAt: number | undefined;
    const advertisement = await readAdvertisement({
      service: 'git-upload-pack',
      repository: new URL(access.url.href),
      authorization: authorizationOf(access),
      requester: dialer,
      idleTimeoutMs,
      totalTimeoutMs,
      maxBytes,
      known: memory.known(access.url.href),
      signal,
      translate,
      onHead: (headers) => (credentialsExpireAt = expiryIn(headers)),
    });
    const listing = memory.listing(access.url.href, advertisement);
    return access.credentials === null || credentialsExpireAt === undefined
      ? listing
      : { ...listing, credentialsExpireAt };
  };
}

/** GitHub tells when a token ends; nobody else does in an answer of git's protocol. */
function expiryIn(headers: IncomingHttpHeaders): number | undefined {
  const text = headers['github-authentication-token-expiration'];
  return typeof text === 'string' ? (parseTokenExpiration(text) ?? undefined) : undefined;
}
