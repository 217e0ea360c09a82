import { parseUpstreamUrl } from '../../domain/upstream-url';
import type { RefListing, UpstreamAccess } from '../../ports/upstream';
import { secretContext } from '../secret-context';
import { tellProgress, type SyncContext } from '../sync-context';

/** Asks the upstream for its refs: one request, in process. Raises url_*, upstream_*, secret_unreadable. */
export async function listUpstream(context: SyncContext): Promise<RefListing> {
  tellProgress(context, { phase: 'listing', done: 0, total: 0, bytes: 0 });
  const listing = await context.upstream.list(upstreamAccess(context), context.signal);
  context.bytes.received += listing.receivedBytes;
  return listing;
}

/**
 * Everything in this listing is known to have arrived, so there is nothing to do and the forge need not be asked. A person
 * who asks for an update gets the forge looked at all the same: they may have mended something there.
 */
export function nothingNew(context: SyncContext, listing: RefListing): boolean {
  const { mirror, run } = context.claim;
  return mirror.deliveredDigest === listing.digest && (run.cause === 'clock' || run.cause === 'recovery');
}

/** The stored address is parsed and checked anew at every run (SSRF-07). */
export function upstreamAccess(context: SyncContext): UpstreamAccess {
  const { mirror } = context.claim;
  const { url } = parseUpstreamUrl(mirror.url);
  if (mirror.sealedPassword === null && mirror.authUser === null) return { url, credentials: null };
  const password =
    mirror.sealedPassword === null ? null : context.secrets.open(mirror.sealedPassword, secretContext(mirror));
  return { url, credentials: password === null ? null : { user: mirror.authUser ?? '', password } };
}
