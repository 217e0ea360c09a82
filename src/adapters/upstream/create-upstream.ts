import { openGate } from '../../git-http/gate';
import { createGuardedDialer, type GuardedDialer, type GuardedDialerOptions } from '../../git-http/guarded-dialer';
import type { FetchRequest, Upstream } from '../../ports/upstream';
import { authorizationOf, contextOf, sshPlace } from './connection';
import { FetchChildren } from './fetch-children';
import { fetchObjects, type FetchDeps, type FetchLimits } from './fetch-objects';
import { upstreamFault } from './http-errors';
import { listThrough, type ListingLimits } from './ref-lister';
import { askLfsLogin } from './ssh/lfs-login';
import { openSshGate } from './ssh/ssh-gate';
import { tipAdvertisement } from './tip-advertisement';

/** Silence for so long, by the upstream or by the fetch child, ends a fetch too; it lasts at most the total time. */
export interface UpstreamOptions extends GuardedDialerOptions, ListingLimits {
  readonly maxFetchBytes: number;
  /** Memory that a fetch child may allocate. */
  readonly maxFetchMemoryBytes: number;
  /** Keep a fetch child ready for the next fetch. */
  readonly keepSpareChild: boolean;
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
    list: listThrough(dialer, options),

    async lfsLogin(access, signal) {
      const place = sshPlace(access, dialer, options.idleTimeoutMs);
      if (place === null) return null;
      return askLfsLogin({ ...place, translate: upstreamFault(contextOf(access, 'listing')) }, signal);
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
