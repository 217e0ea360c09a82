import express, { Router, type RequestHandler } from 'express';
import type { HttpDeps } from '../http-deps';
import { createAccess } from './access';
import { getEvents } from './events';
import { deleteMirror, getMirror, postMirror, putMirror } from './mirror-routes';
import { postAccept, postPlan, postUndo } from './plan-routes';
import { getRun, listRuns } from './run-routes';
import { postAcceptedHostKey, postHostKeys, postSshKey } from './ssh-routes';

const mirrorPath = '/repos/:owner/:repo/mirror/pull';

/** Every route of the API. Rights come first, so that a stranger learns nothing from how a body is taken. */
export function createApiRouter(deps: HttpDeps): Router {
  const access = createAccess(deps);
  const read = access.require('read');
  const write = access.require('write');
  // Whatever the content type says, a body is JSON: no cookie signs anybody in here, so no form can forge a request.
  const body: RequestHandler = express.json({ limit: '64kb', inflate: false, type: () => true });

  const router = Router();
  router.put(mirrorPath, write, body, putMirror(deps));
  router.get(mirrorPath, read, getMirror(deps));
  router.post(mirrorPath, write, body, postMirror(deps));
  router.delete(mirrorPath, write, deleteMirror(deps));
  router.post(`${mirrorPath}/host_keys`, write, body, postHostKeys(deps));
  router.post(`${mirrorPath}/host_keys/accept`, write, body, postAcceptedHostKey(deps));
  router.post(`${mirrorPath}/ssh_key`, write, body, postSshKey(deps));
  router.post(`${mirrorPath}/plan`, write, body, postPlan(deps));
  router.post(`${mirrorPath}/accept`, write, body, postAccept(deps));
  router.post(`${mirrorPath}/runs/:id/undo`, write, body, postUndo(deps));
  router.get(`${mirrorPath}/runs`, read, listRuns(deps));
  router.get(`${mirrorPath}/runs/:id`, read, getRun(deps));
  router.get(`${mirrorPath}/events`, read, getEvents(deps, access));
  return router;
}
