import type { Backup } from '../domain/backup';
import { HeadwaterError } from '../domain/errors';
import type { RefOutcome, Run } from '../domain/run';
import type { Forge } from '../ports/forge';
import type { Store } from '../ports/store';
import { recordPutBack } from './record-put-back';

export interface RestoreDeps {
  readonly store: Store;
  readonly forge: Pick<Forge, 'project' | 'listRefs' | 'moveRefs'>;
  readonly newId: () => string;
}

/**
 * Puts a backup back to the ref that had the value, wherever that ref is now; a ref that moves meanwhile is left alone. The
 * backup stays. Recorded as a run of its own. The next run of a mirror that overwrites would overwrite again.
 * Raises run_under_way, mirror_not_found, and what Forge.listRefs and Forge.moveRefs raise.
 */
export async function restoreBackup(deps: RestoreDeps, backup: Backup, signal: AbortSignal): Promise<Run> {
  const mirror = await deps.store.mirror(backup.mirrorId);
  if (mirror === null) throw new HeadwaterError('mirror_not_found');
  if (mirror.activeRunId !== null) throw new HeadwaterError('run_under_way');
  const project = await deps.forge.project(mirror.repoId);
  const { refs } = await deps.forge.listRefs(project, signal);
  const { ref, oid: newOid } = backup;
  const oldOid = refs.get(ref) ?? null;
  if (oldOid === newOid) {
    const same: RefOutcome = { ref, oldOid, newOid, action: 'unchanged', reason: null };
    return recordPutBack(deps, mirror.id, [same]);
  }
  const update = { ref, oldOid, newOid, action: oldOid === null ? 'created' : 'forced' } as const;
  const { outcomes } = await deps.forge.moveRefs({ project, updates: [update], signal });
  return recordPutBack(deps, mirror.id, outcomes);
}

/** A backup of this mirror and of no other. Raises backup_not_found. */
export async function findBackup(store: Pick<Store, 'backup'>, mirrorId: string, id: unknown): Promise<Backup> {
  const backup = typeof id === 'string' && /^[\w-]{1,64}$/.test(id) ? await store.backup(id) : null;
  if (backup === null || backup.mirrorId !== mirrorId) throw new HeadwaterError('backup_not_found');
  return backup;
}
