import type { Backup } from '../domain/backup';
import { findBackup, restoreBackup } from '../sync/restore-backup';
import type { CliApp, CliDeps } from './cli-deps';
import { findMirror } from './find-mirror';
import type { Output } from './output';
import { tellRun } from './plan-commands';
import { showTime } from './texts';

const shownBackups = 1000;

/** Lists the values that runs overwrote and that are kept. */
export async function backupsCommand(deps: CliDeps, app: CliApp, output: Output, project: string): Promise<number> {
  const mirror = await findMirror(app, output, project);
  const { items, total } = await app.store.backups(mirror.id, { page: 1, limit: shownBackups });
  const line = ({ id, ref, oid, at }: Backup) => `${id}  ${showTime(at) ?? ''}  ${oid.slice(0, 10)}  ${ref}`;
  output.result(
    items.map(deps.present.backup),
    items.length === 0 ? ['Nothing that was overwritten is kept.'] : items.map(line),
  );
  if (total > items.length) output.note(`only the newest ${items.length} of ${total} are shown`);
  return 0;
}

/** Puts a kept value back; exit code 1 when it could not be. */
export async function restoreCommand(
  deps: CliDeps,
  app: CliApp,
  output: Output,
  project: string,
  backupId: string,
): Promise<number> {
  const mirror = await findMirror(app, output, project);
  const backup = await findBackup(app.store, mirror.id, backupId);
  const run = await restoreBackup(app, backup, new AbortController().signal);
  await tellRun(deps, app, output, run, `Restoring ${backup.ref} of ${mirror.fullName}`);
  return run.counts === null || run.counts.diverged + run.counts.rejected > 0 ? 1 : 0;
}
