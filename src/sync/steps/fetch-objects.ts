import type { Progress } from '../../domain/events';
import type { RefListing, TakePack } from '../../ports/upstream';
import { tellProgress, type SyncContext } from '../sync-context';
import { respectHost } from './respect-host';
import { withUpstream } from './upstream-access';

/**
 * Brings what the listing has and the cache lacks into the cache; answers its folder. No child is started for nothing. Into
 * an empty cache the upstream sends one pack with everything, which `takePack` is shown.
 */
export async function fetchObjects(
  context: SyncContext,
  listing: RefListing,
  takePack: TakePack | undefined,
  signal: AbortSignal,
): Promise<string> {
  const { mirror } = context.claim;
  const cacheDir = await context.cache.open(mirror.id);
  // Its objects stay, in case that it comes back.
  if (listing.refs.size === 0) return cacheDir;
  const known = await context.cache.tips(mirror.id);
  const listed = new Set(listing.refs.values());
  const wanted = [...listed].filter((oid) => !known.has(oid));
  if (wanted.length > 0) {
    const onProgress = (progress: Progress) => tellProgress(context, progress);
    // A large upstream counts its objects for a while before it sends any.
    onProgress({ phase: 'receiving', done: 0, total: 0, bytes: 0 });
    const fetched = await withUpstream(context, (access) =>
      respectHost(context, () =>
        context.upstream.fetch({
          access,
          listing,
          cacheDir,
          wanted,
          onProgress,
          takePack: known.size === 0 ? takePack : undefined,
          signal,
        }),
      ),
    );
    context.bytes.received += fetched.receivedBytes;
  }
  if (wanted.length > 0 || known.size !== listed.size) await context.cache.setTips(mirror.id, listed);
  return cacheDir;
}
