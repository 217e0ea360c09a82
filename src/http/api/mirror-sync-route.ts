import { requestSync } from '../../sync/request-sync';
import { answer } from './answers/answer';
import { requestFaults } from './answers/fault-groups';
import { findMirror } from './find-mirror';
import { defineRoute } from './route';

/** Gitea's own call for its own mirrors, so that scripts written for them go on: no body is needed and none is answered. */
export const postMirrorSync = defineRoute({
  id: 'updateNowAsGitea',
  tag: 'Mirrors',
  method: 'post',
  path: '/repos/:owner/:repo/mirror-sync',
  need: 'write',
  summary: "Gitea's name for Update now: 200, with nothing, once the run is queued",
  answers: { 200: answer('The run is queued.', null) },
  faults: requestFaults,
  handle: async ({ deps, caller, response }) => {
    const mirror = await findMirror(deps.store, caller);
    await requestSync(deps, mirror.id, 'manual');
    response.status(200).end();
  },
});
