import { z } from 'zod';
import { placeOf, type Backup } from '../../domain/backup';
import { findBackup, restoreBackup } from '../../sync/restore-backup';
import { backups, type BackupAnswer } from './answers/backup';
import { putBackFaults } from './answers/fault-groups';
import { putBackRun } from './answers/run';
import { findMirror } from './find-mirror';
import { mirrorPath } from './mirror-path';
import { tellPaging } from './paging';
import { presentOutcome, presentRun } from './present';
import { timeText } from './present-values';
import { defineRoute } from './route';

export const listBackups = defineRoute({
  id: 'listBackups',
  tag: 'History',
  method: 'get',
  path: `${mirrorPath}/backups`,
  need: 'read',
  summary: 'Values that runs overwrote and that are kept, newest first',
  paged: true,
  answers: { 200: backups },
  faults: ['mirror_not_found'],
  handle: async ({ deps, caller, page, request, response }) => {
    const mirror = await findMirror(deps.store, caller);
    const found = await deps.store.backups(mirror.id, page);
    tellPaging(response, deps.publicUrl(), request.originalUrl.split('?')[0] ?? '', page, found.total);
    response.json(found.items.map(presentBackup));
  },
});

export const postRestore = defineRoute({
  id: 'restoreBackup',
  tag: 'History',
  method: 'post',
  path: `${mirrorPath}/backups/:id/restore`,
  need: 'write',
  summary: 'Put an overwritten value back to its branch or tag: 200 with a run that tells what became of it',
  body: z.strictObject({}),
  answers: { 200: putBackRun },
  faults: [...putBackFaults, 'backup_not_found'],
  handle: async ({ deps, caller, request, response }) => {
    const mirror = await findMirror(deps.store, caller);
    const backup = await findBackup(deps.store, mirror.id, request.params.id);
    const run = await restoreBackup(deps, backup, deps.closing);
    const outcomes = await deps.store.runOutcomes(run.id, { page: 1, limit: 1 });
    response.json({ ...presentRun(run), refs: outcomes.items.map(presentOutcome) });
  },
});

export function presentBackup(backup: Backup): BackupAnswer {
  return {
    id: backup.id,
    run_id: backup.runId,
    ref: backup.ref,
    commit: backup.oid,
    kept_as: placeOf(backup),
    overwritten_at: timeText(backup.at),
  };
}
