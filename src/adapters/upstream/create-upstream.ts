import { HeadwaterError } from '../../domain/errors';
import type { AddressPolicy } from '../../git-http/address-policy';
import { openGate } from '../../git-http/gate';
import { createGuardedDialer, type GuardedDialer, type ResolveHost } from '../../git-http/guarded-dialer';
import { readAdvertisement } from '../../git-http/list-refs';
import { basicAuthorization } from '../../domain/credentials';
import type { FetchRequest, Upstream, UpstreamAccess } from '../../ports/upstream';
import { FetchChildren } from './fetch-children';
import { fetchObjects, type FetchDeps, type FetchLimits } from './fetch-objects';
import { upstreamFault, type UpstreamContext } from './http-errors';
import { toRefListing } from './ref-listing';
import { openSshGate } from './ssh/ssh-gate';
import { readSshAdvertisement } from './ssh/ssh-listing';
import type { SshPlace } from './ssh/upload-pack';
import { tipAdvertisement } from './tip-advertisement';

export interface UpstreamOptions {
  readonly policy: AddressPolicy;
  /** Silence for so long, by the upstream or by the fetch child, ends a listing or a fetch; ms. */
  readonly idleTimeoutMs: number;
  /** A listing, or a fetch, lasts at most so long; ms. */
  readonly totalTimeoutMs: number;
  readonly maxListingBytes: number;
  readonly maxFetchBytes: number;
  /** Memory that a fetch child may allocate. */
  readonly maxFetchMemoryBytes: number;
  /** Keep a fetch child ready for the next fetch. */
  readonly keepSpareChild: boolean;
  /** PEM text of certificate authorities, beside the built-in ones. */
  readonly ca?: string;
  /** Until a connection stands; ms. */
  readonly connectTimeoutMs?: number;
  /** By default the system's resolver. */
  readonly resolve?: ResolveHost;
  readonly dnsTimeoutMs?: number;
  /** The program of the fetch child; by default that of this build. */
  readonly fetchChildEntry?: string;
}

/** Upstreams over HTTP(S) and SSH. Close it to end the children and connections that it keeps ready. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const dialer = createGuardedDialer(options);
  const limits: FetchLimits = {
    idleTimeoutMs: options.idleTimeoutMs,
    totalTimeoutMs: options.totalTimeoutMs,
    maxReceivedBytes: options.maxFetchBytes,
    child: {
      memoryBytes: options.maxFetchMemoryBytes,
      cpuSeconds: Math.ceil(options.totalTimeoutMs / 1000),
      // A thin pack is completed with objects that the cache has already.
      fileBytes: options.maxFetchBytes * 2,
    },
  };
  const children = new FetchChildren({
    entry: options.fetchChildEntry,
    keepSpare: options.keepSpareChild,
    limits: limits.child,
  });

  return {
    async list(access, signal) {
      const translate = upstreamFault(contextOf(access, 'listing'));
      const place = sshPlace(access, dialer, options.idleTimeoutMs);
      if (place !== null) {
        const { totalTimeoutMs, maxListingBytes: maxBytes } = options;
        return toRefListing(await readSshAdvertisement({ ...place, totalTimeoutMs, maxBytes, signal, translate }));
      }
      const advertisement = await readAdvertisement({
        service: 'git-upload-pack',
        repository: new URL(access.url.href),
        authorization: authorizationOf(access),
        requester: dialer,
        idleTimeoutMs: options.idleTimeoutMs,
        totalTimeoutMs: options.totalTimeoutMs,
        maxBytes: options.maxListingBytes,
        signal,
        translate,
      });
      return toRefListing(advertisement);
    },

    fetch: (request) =>
      fetchObjects(request, { children, limits, openGate: gateFor(request, dialer, options.idleTimeoutMs) }),

    async close() {
      dialer.close();
      await children.close();
    },
  };
}

function gateFor(request: FetchRequest, dialer: GuardedDialer, idleTimeoutMs: number): FetchDeps['openGate'] {
  const { access, wanted, listing } = request;
  const translate = upstreamFault(contextOf(access, 'fetching'));
  const place = sshPlace(access, dialer, idleTimeoutMs);
  const advertisement = tipAdvertisement(wanted, listing.capabilities, place === null ? 'http' : 'ssh');
  if (place !== null) return (job) => openSshGate({ ...job, ...place, advertisement, translate });
  return (job) =>
    openGate({
      ...job,
      service: 'git-upload-pack',
      repository: new URL(access.url.href),
      authorization: authorizationOf(access),
      requester: dialer,
      advertisement,
      translate,
    });
}

/** null for an address of HTTP. */
function sshPlace({ url, ssh }: UpstreamAccess, dialer: GuardedDialer, idleTimeoutMs: number): SshPlace | null {
  if (url.ssh === null) return null;
  if (ssh === null) throw new HeadwaterError('internal');
  return { url, ssh: url.ssh, access: ssh, dialer, idleTimeoutMs };
}

function authorizationOf({ credentials }: UpstreamAccess): string | null {
  return credentials === null ? null : basicAuthorization(credentials);
}

function contextOf({ url, credentials }: UpstreamAccess, doing: UpstreamContext['doing']): UpstreamContext {
  return {
    host: url.host,
    hasCredentials: credentials !== null,
    secrets: credentials === null ? [] : [credentials.password.reveal(), basicAuthorization(credentials).slice(6)],
    doing,
  };
}
