import { listMirrors, postBulkPause, postBulkResume, postBulkSync } from './admin-mirror-routes';
import { listAllAudit, listAudit } from './audit-routes';
import { listBackups, postRestore } from './backup-routes';
import { getEvents } from './events';
import { deleteHook, postHook } from './hook-routes';
import { postImport } from './import-route';
import { deleteMirror, getMirror, postMirror, putMirror } from './mirror-routes';
import { postMirrorSync } from './mirror-sync-route';
import { postPause, postResume, postStop } from './pause-routes';
import { postAccept, postPlan, postUndo } from './plan-routes';
import { postNotifySecret } from './notify-fields';
import { getPolicy, patchPolicy } from './policy-routes';
import { deletePushMirror, getPushMirror, listPushMirrors, postPushMirror, postPushSync } from './push-routes';
import type { ApiRoute } from './route';
import { getRun, listRuns } from './run-routes';
import { postAcceptedHostKey, postHostKeys, postSshKey } from './ssh-routes';
import { postTest } from './test-route';

/** Every route of the API. */
export const routes: readonly ApiRoute[] = [
  putMirror,
  getMirror,
  postMirror,
  postMirrorSync,
  deleteMirror,
  postPause,
  postResume,
  postStop,
  postHostKeys,
  postAcceptedHostKey,
  postSshKey,
  postHook,
  deleteHook,
  postNotifySecret,
  postPlan,
  postAccept,
  postUndo,
  listBackups,
  postRestore,
  listRuns,
  getRun,
  getEvents,
  listAudit,
  listAllAudit,
  postTest,
  postImport,
  listPushMirrors,
  getPushMirror,
  postPushMirror,
  deletePushMirror,
  postPushSync,
  listMirrors,
  postBulkSync,
  postBulkPause,
  postBulkResume,
  getPolicy,
  patchPolicy,
];
