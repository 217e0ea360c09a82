import express, { Router, type RequestHandler } from 'express';
import type { HttpDeps } from '../http-deps';
import { createAccess } from './access';
import { getEvents } from './events';
import { deleteMirror, getMirror, postMirror, putMirror } from './mirror-routes';
import { getRun, listRuns } from './run-routes';

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
  router.get(`${mirrorPath}/runs`, read, listRuns(deps));
  router.get(`${mirrorPath}/runs/:id`, read, getRun(deps));
  router.get(`${mirrorPath}/events`, read, getEvents(deps, access));
  return router;
}
