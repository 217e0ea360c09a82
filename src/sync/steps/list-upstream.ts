import { HeadwaterError, toHeadwaterError } from '../../domain/errors';
import { nameRefusal } from '../../domain/token-expiry';
import type { RefListing } from '../../ports/upstream';
import { tellProgress, type SyncContext } from '../sync-context';
import { respectHost } from './respect-host';
import { withUpstream } from './upstream-access';

/** Asks the upstream for its refs: one request, in process. Raises url_*, upstream_*, upstream_empty, secret_unreadable. */
export async function listUpstream(context: SyncContext): Promise<RefListing> {
  tellProgress(context, { phase: 'listing', done: 0, total: 0, bytes: 0 });
  const listing = await withUpstream(context, (access) =>
    respectHost(context, () => context.upstream.list(access, context.signal)),
  ).catch(async (thrown: unknown) => {
    const now = await context.claim.write((tx) => tx.now());
    throw nameRefusal(toHeadwaterError(thrown), context.claim.mirror, now);
  });
  await rememberExpiry(context, listing);
  context.bytes.received += listing.receivedBytes;
  // Nothing was ever mirrored; an upstream that has become empty is for the guards.
  if (listing.refs.size === 0 && context.claim.mirror.lastSuccessAt === null)
    throw new HeadwaterError('upstream_empty');
  return listing;
}

/** Written at once: whatever becomes of the run, the owner is to be warned. */
async function rememberExpiry(context: SyncContext, { credentialsExpireAt }: RefListing): Promise<void> {
  if (credentialsExpireAt === undefined || credentialsExpireAt === context.claim.mirror.tokenExpiresAt) return;
  await context.claim.write((tx, mirror) => tx.saveMirror({ ...mirror, tokenExpiresAt: credentialsExpireAt }));
}

/**
 * Everything in this listing is known to have arrived, so there is nothing to do and the forge need not be asked. A person
 * who asks for an update gets the forge looked at all the same: they may have mended something there.
 */
export function nothingNew(context: SyncContext, listing: RefListing): boolean {
  const { mirror, run } = context.claim;
  // Which branches are protected, and what became of a pull request, is known only to the forge.
  if (mirror.options.branches === 'protected') return false;
  if (mirror.pullRequests.some((note) => note.state === 'open')) return false;
  return mirror.deliveredDigest === listing.digest && (run.cause === 'clock' || run.cause === 'recovery');
}
