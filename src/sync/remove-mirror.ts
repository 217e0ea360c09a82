import { HeadwaterError } from '../domain/errors';
import type { Notices } from '../ports/notices';
import type { ObjectCache } from '../ports/object-cache';
import type { Store } from '../ports/store';

export interface RemoveDeps {
  readonly store: Pick<Store, 'transaction'>;
  readonly cache: Pick<ObjectCache, 'remove'>;
  readonly notices: Pick<Notices, 'publish'>;
}

/**
 * Ends the mirroring: settings, secret, history and cache are gone, the project in the forge stays as it is. A worker in
 * the middle of a run finds no mirror to write to and stops; what it leaves in the cache folder is swept by the minute round.
 * Raises mirror_not_found.
 */
export async function removeMirror(deps: RemoveDeps, mirrorId: string): Promise<void> {
  await deps.store.transaction(async (tx) => {
    if ((await tx.lockMirror(mirrorId)) === null) throw new HeadwaterError('mirror_not_found');
    await tx.deleteMirror(mirrorId);
  });
  deps.notices.publish(mirrorId, { type: 'mirror.removed' });
  // The mirror is gone whether or not its folder could be; the next clock pass sweeps what is left.
  await deps.cache.remove(mirrorId).catch(() => undefined);
}
