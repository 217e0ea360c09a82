import { requestSync } from '../../sync/request-sync';
import { findMirror } from './find-mirror';
import { defineRoute } from './route';

/** Gitea's own call for its own mirrors, so that scripts written for them go on: no body is needed and none is answered. */
export const postMirrorSync = defineRoute({
  method: 'post',
  path: '/repos/:owner/:repo/mirror-sync',
  need: 'write',
  summary: "Gitea's name for Update now: 200, with nothing, once the run is queued",
  handle: async ({ deps, caller, response }) => {
    const mirror = await findMirror(deps.store, caller);
    await requestSync(deps, mirror.id, 'manual');
    response.status(200).end();
  },
});
