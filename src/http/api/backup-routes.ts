import { z } from 'zod';
import { placeOf, type Backup } from '../../domain/backup';
import { findBackup, restoreBackup } from '../../sync/restore-backup';
import { findMirror } from './find-mirror';
import { mirrorPath } from './mirror-path';
import { tellPaging } from './paging';
import { presentOutcome, presentRun } from './present';
import { isoTime } from './present-values';
import { defineRoute } from './route';

export const listBackups = defineRoute({
  method: 'get',
  path: `${mirrorPath}/backups`,
  need: 'read',
  summary: 'Values that runs overwrote and that are kept, newest first',
  paged: true,
  handle: async ({ deps, caller, page, request, response }) => {
    const mirror = await findMirror(deps.store, caller);
    const backups = await deps.store.backups(mirror.id, page);
    tellPaging(response, deps.publicUrl(), request.originalUrl.split('?')[0] ?? '', page, backups.total);
    response.json(backups.items.map(presentBackup));
  },
});

export const postRestore = defineRoute({
  method: 'post',
  path: `${mirrorPath}/backups/:id/restore`,
  need: 'write',
  summary: 'Put an overwritten value back to its branch or tag: 200 with a run that tells what became of it',
  body: z.strictObject({}),
  handle: async ({ deps, caller, request, response }) => {
    const mirror = await findMirror(deps.store, caller);
    const backup = await findBackup(deps.store, mirror.id, request.params.id);
    const run = await restoreBackup(deps, backup, deps.closing);
    const outcomes = await deps.store.runOutcomes(run.id, { page: 1, limit: 1 });
    response.json({ ...presentRun(run), refs: outcomes.items.map(presentOutcome) });
  },
});

export function presentBackup(backup: Backup) {
  return {
    id: backup.id,
    run_id: backup.runId,
    ref: backup.ref,
    commit: backup.oid,
    /** The ref of the project that keeps it. */
    kept_as: placeOf(backup),
    overwritten_at: isoTime(backup.at),
  };
}
