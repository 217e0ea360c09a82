import { placeOf, type Backup } from '../../domain/backup';
import { fault } from '../../domain/errors';
import type { Oid } from '../../domain/git-ref';
import type { RefUpdate } from '../../domain/ref-plan';
import type { RefOutcome } from '../../domain/run';
import type { ForgeProject } from '../../ports/forge';
import type { SyncContext } from '../sync-context';

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
  const { mirror } = context.claim;
  const forced = portion.filter(
    (update): update is RefUpdate & { oldOid: Oid } => update.action === 'forced' && update.oldOid !== null,
  );
  if (mirror.options.divergence !== 'overwrite_with_backup' || forced.length === 0)
    return { kept: portion, refused: [] };
  const { backups, known } = await noteBackups(context, forced);
  const updates = backups.map((backup): RefUpdate => ({
    ref: placeOf(backup),
    oldOid: null,
    newOid: backup.oid,
    action: 'created',
  }));
  const { outcomes } = await context.forge.moveRefs({ project, updates, signal: context.signal });
  const refused = forced.flatMap(({ ref, oldOid, newOid }, at): RefOutcome[] => {
    const outcome = outcomes[at];
    const backup = backups[at];
    // A run that was given back and taken up again finds its own backup.
    const isOld = outcome?.reason?.code === 'moved_meanwhile' && backup !== undefined && known.includes(backup);
    if ((outcome?.action === 'created' || isOld) && backup?.oid === oldOid) return [];
    const why = outcome?.reason?.message ?? 'it was moved since this run kept it';
    return [{ ref, oldOid, newOid, action: 'rejected', reason: fault('backup_failed', { ref, why }) }];
  });
  const without = new Set(refused.map((outcome) => outcome.ref));
  const failed = backups.filter((backup) => without.has(backup.ref) && !known.includes(backup)).map(({ id }) => id);
  if (failed.length > 0) await context.claim.write((tx) => tx.deleteBackups(failed));
  return { kept: portion.filter((update) => !without.has(update.ref)), refused };
}

interface NotedBackups {
  /** One per update. */
  readonly backups: readonly Backup[];
  /** Those that this run had made before it was given back. */
  readonly known: readonly Backup[];
}

/** Written down before they are made: a backup that nobody knows of would never go. One per ref and run. */
async function noteBackups(
  { claim, newId }: SyncContext,
  forced: readonly (RefUpdate & { readonly oldOid: Oid })[],
): Promise<NotedBackups> {
  return claim.write(async (tx, { id: mirrorId }) => {
    const at = await tx.now();
    const known = await tx.backupsOfRun(claim.run.id);
    const backups = forced.map(
      ({ ref, oldOid: oid }): Backup =>
        known.find((backup) => backup.ref === ref) ?? { id: newId(), mirrorId, runId: claim.run.id, ref, oid, at },
    );
    await tx.insertBackups(backups.filter((backup) => !known.includes(backup)));
    return { backups, known };
  });
}
