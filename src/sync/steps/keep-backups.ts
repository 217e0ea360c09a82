import { fault } from '../../domain/errors';
import type { Oid, RefName } from '../../domain/git-ref';
import type { RefUpdate } from '../../domain/ref-plan';
import type { RefOutcome } from '../../domain/run';
import type { ForgeProject } from '../../ports/forge';
import type { SyncContext } from '../sync-context';

/** Where the value that a run overwrote is kept in the forge: not a branch, not a tag, and cloned by nobody. */
function backupRef(runId: string, ref: RefName): RefName {
  return `refs/headwater/backup/${runId}/${ref.replace(/^refs\//, '')}`;
}

export interface Backups {
  /** Updates that may be pushed; the very portion when nothing had to be kept. */
  readonly kept: readonly RefUpdate[];
  /** Updates whose old value could not be kept, so that they must not be pushed. */
  readonly refused: readonly RefOutcome[];
}

/** Keeps every old value that the portion overwrites, where the mirror asks for it. The forge has the objects already. */
export async function keepBackups(
  context: SyncContext,
  project: ForgeProject,
  portion: readonly RefUpdate[],
): Promise<Backups> {
  const { mirror, run } = context.claim;
  const forced = portion.filter(
    (update): update is RefUpdate & { oldOid: Oid } => update.action === 'forced' && update.oldOid !== null,
  );
  if (mirror.options.divergence !== 'overwrite_with_backup' || forced.length === 0)
    return { kept: portion, refused: [] };
  const updates = forced.map(({ ref, oldOid }): RefUpdate => ({
    ref: backupRef(run.id, ref),
    oldOid: null,
    newOid: oldOid,
    action: 'created',
  }));
  const { outcomes } = await context.forge.moveRefs({ project, updates, signal: context.signal });
  const refused = forced.flatMap(({ ref, oldOid, newOid }, at): RefOutcome[] => {
    const outcome = outcomes[at];
    // A run that was given back and taken up again finds its own backup.
    if (outcome === undefined || outcome.action === 'created' || outcome.reason?.code === 'moved_meanwhile') return [];
    const why = outcome.reason?.message ?? 'no reason given';
    return [{ ref, oldOid, newOid, action: 'rejected', reason: fault('backup_failed', { ref, why }) }];
  });
  const without = new Set(refused.map((outcome) => outcome.ref));
  return { kept: portion.filter((update) => !without.has(update.ref)), refused };
}
