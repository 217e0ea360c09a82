import { HeadwaterError } from '../../domain/errors';
import type { RefListing } from '../../ports/upstream';
import { tellProgress, type SyncContext } from '../sync-context';
import { upstreamAccess } from './list-upstream';

/** Brings what the listing has and the cache lacks into the cache; answers its folder. No child is started for nothing. */
export async function fetchObjects(context: SyncContext, listing: RefListing, signal: AbortSignal): Promise<string> {
  if (listing.refs.size === 0) throw new HeadwaterError('upstream_empty');
  const { mirror } = context.claim;
  const cacheDir = await context.cache.open(mirror.id);
  const known = await context.cache.tips(mirror.id);
  const listed = new Set(listing.refs.values());
  const wanted = [...listed].filter((oid) => !known.has(oid));
  if (wanted.length > 0) {
    const fetched = await context.upstream.fetch({
      access: upstreamAccess(context),
      listing,
      cacheDir,
      wanted,
      onProgress: (progress) => tellProgress(context, progress),
      signal,
    });
    context.bytes.received += fetched.receivedBytes;
  }
  if (wanted.length > 0 || known.size !== listed.size) await context.cache.setTips(mirror.id, listed);
  return cacheDir;
}
