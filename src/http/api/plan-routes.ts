import type { RequestHandler } from 'express';
import { z } from 'zod';
import { acceptPlan } from '../../sync/accept-plan';
import { planNext } from '../../sync/plan-next';
import { undoRun } from '../../sync/undo-run';
import type { HttpDeps } from '../http-deps';
import { callerOf } from './access';
import { findMirror, findRun } from './find-mirror';
import { pageOf, tellPaging } from './paging';
import { parseBody } from './parse-input';
import { presentFault, presentOutcome, presentRun } from './present';

const nothing = z.strictObject({});
const acceptBody = z.strictObject({ plan_id: z.string().min(1).max(64) });
/** A caller is not kept longer than proxies would wait. */
const patience = { waitMs: 25_000, pollMs: 100 };

/** What the next run would do, ref by ref: 200, or 202 with the run while it is not known yet. */
export function postPlan(deps: HttpDeps): RequestHandler {
  return async (request, response) => {
    const page = pageOf(request);
    parseBody(nothing, (request.body as unknown) ?? {});
    const mirror = await findMirror(deps.store, callerOf(response));
    const run = await planNext(deps, mirror.id, patience);
    const outcomes = await deps.store.runOutcomes(run.id, page);
    const path = request.originalUrl.split('?')[0]?.replace(/\/plan$/, `/runs/${run.id}`) ?? '';
    tellPaging(response, deps.publicUrl(), path, page, outcomes.total);
    const done = run.status === 'finished' || run.status === 'failed';
    response.status(done ? 200 : 202).json({ ...presentRun(run), refs: outcomes.items.map(presentOutcome) });
  };
}

/** Accepts the plan that is held, and no other: 202 with the run that carries it out. */
export function postAccept(deps: HttpDeps): RequestHandler {
  return async (request, response) => {
    const body = parseBody(acceptBody, (request.body as unknown) ?? {});
    const mirror = await findMirror(deps.store, callerOf(response));
    const { run, warning } = await acceptPlan(deps, mirror.id, body.plan_id);
    response.status(202).json({ ...presentRun(run), warnings: warning === null ? [] : [presentFault(warning)] });
  };
}

/** Puts back what a run moved or deleted: 200 with a run that tells what became of each ref. */
export function postUndo(deps: HttpDeps): RequestHandler {
  return async (request, response) => {
    parseBody(nothing, (request.body as unknown) ?? {});
    const mirror = await findMirror(deps.store, callerOf(response));
    const run = await findRun(deps.store, mirror, request.params.id);
    const undone = await undoRun(deps, run, deps.closing);
    const outcomes = await deps.store.runOutcomes(undone.id, { page: 1, limit: 100 });
    response.json({ ...presentRun(undone), refs: outcomes.items.map(presentOutcome) });
  };
}
