import type { RequestHandler } from 'express';
import type { HttpDeps } from '../http-deps';
import { callerOf } from './access';
import { findMirror, findRun } from './find-mirror';
import { pageOf, tellPaging } from './paging';
import { presentOutcome, presentRun } from './present';

/** The mirror's history, newest first. */
export function listRuns(deps: HttpDeps): RequestHandler {
  return async (request, response) => {
    const page = pageOf(request);
    const mirror = await findMirror(deps.store, callerOf(response));
    const runs = await deps.store.runs(mirror.id, page);
    tellPaging(response, deps.publicUrl(), pathOf(request), page, runs.total);
    response.json(runs.items.map(presentRun));
  };
}

/** One run with what became of each ref; paging is over the refs. */
export function getRun(deps: HttpDeps): RequestHandler {
  return async (request, response) => {
    const page = pageOf(request);
    const mirror = await findMirror(deps.store, callerOf(response));
    const run = await findRun(deps.store, mirror, request.params.id);
    const outcomes = await deps.store.runOutcomes(run.id, page);
    tellPaging(response, deps.publicUrl(), pathOf(request), page, outcomes.total);
    response.json({ ...presentRun(run), refs: outcomes.items.map(presentOutcome) });
  };
}

function pathOf(request: { readonly originalUrl: string }): string {
  return request.originalUrl.split('?')[0] ?? '';
}
