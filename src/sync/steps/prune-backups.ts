import { outdatedBackups, placeOf, type Backup } from '../../domain/backup';
import { HeadwaterError } from '../../domain/errors';
import type { RefUpdate } from '../../domain/ref-plan';
import { portions } from '../../domain/lfs-batch';
import type { SyncContext } from '../sync-context';

const pageSize = 1000;

/** Deletes backups that are too many or too old. What cannot be deleted now is tried again by a later run, and fails none. */
export async function pruneBackups(context: SyncContext): Promise<void> {
  const { claim, forge, backupRule, portionSize, signal, log } = context;
  try {
    const backups = await allBackups(context);
    if (backups.length === 0) return;
    const outdated = outdatedBackups(backups, backupRule, await claim.write((tx) => tx.now()));
    if (outdated.length === 0) return;
    const project = await forge.project(claim.mirror.repoId);
    for (const some of portions(outdated, portionSize)) {
      const updates = some.map((backup): RefUpdate => ({
        ref: placeOf(backup),
        oldOid: backup.oid,
        newOid: null,
        action: 'deleted',
      }));
      const { outcomes } = await forge.moveRefs({ project, updates, signal });
      // One that is elsewhere was deleted or moved by somebody, and is no backup of ours any more.
      const gone = some.filter((_, index) => outcomes[index]?.action !== 'rejected').map(({ id }) => id);
      await claim.write((tx) => tx.deleteBackups(gone));
      log.info({ count: gone.length }, 'old backups were deleted');
    }
  } catch (thrown) {
    signal.throwIfAborted();
    if (!(thrown instanceof HeadwaterError) || thrown.code === 'run_superseded') throw thrown;
    log.warn({ code: thrown.code }, 'old backups could not be deleted');
  }
}

async function allBackups({ store, claim }: SyncContext): Promise<Backup[]> {
  const all: Backup[] = [];
  for (let page = 1; ; page += 1) {
    const { items, total } = await store.backups(claim.mirror.id, { page, limit: pageSize });
    all.push(...items);
    if (all.length >= total || items.length === 0) return all;
  }
}
