import { theRun, theRuns } from './answers/run';
import { findMirror, findRun } from './find-mirror';
import { mirrorPath } from './mirror-path';
import { tellPaging } from './paging';
import { presentOutcome, presentRun } from './present';
import { defineRoute } from './route';

export const listRuns = defineRoute({
  id: 'listRuns',
  tag: 'History',
  method: 'get',
  path: `${mirrorPath}/runs`,
  need: 'read',
  summary: 'The history, newest first',
  paged: true,
  answers: { 200: theRuns },
  faults: ['mirror_not_found'],
  handle: async ({ deps, caller, page, request, response }) => {
    const mirror = await findMirror(deps.store, caller);
    const runs = await deps.store.runs(mirror.id, page);
    tellPaging(response, deps.publicUrl(), pathOf(request), page, runs.total);
    response.json(runs.items.map(presentRun));
  },
});

export const getRun = defineRoute({
  id: 'getRun',
  tag: 'History',
  method: 'get',
  path: `${mirrorPath}/runs/:id`,
  need: 'read',
  summary: 'One run with what became of each ref; paging is over the refs',
  paged: true,
  answers: { 200: theRun },
  faults: ['mirror_not_found', 'run_not_found'],
  handle: async ({ deps, caller, page, request, response }) => {
    const mirror = await findMirror(deps.store, caller);
    const run = await findRun(deps.store, mirror, request.params.id);
    const outcomes = await deps.store.runOutcomes(run.id, page);
    tellPaging(response, deps.publicUrl(), pathOf(request), page, outcomes.total);
    response.json({ ...presentRun(run), refs: outcomes.items.map(presentOutcome) });
  },
});

function pathOf(request: { readonly originalUrl: string }): string {
  return request.originalUrl.split('?')[0] ?? '';
}
