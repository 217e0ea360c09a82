import { z } from 'zod';
import { acceptPlan } from '../../sync/accept-plan';
import { planNext } from '../../sync/plan-next';
import { undoRun } from '../../sync/undo-run';
import { putBackFaults, requestFaults } from './answers/fault-groups';
import { planMade, planUnderWay, putBackRun, startedRun } from './answers/run';
import { findMirror, findRun } from './find-mirror';
import { mirrorPath } from './mirror-path';
import { tellPaging } from './paging';
import { presentFault, presentOutcome, presentRun } from './present';
import { defineRoute } from './route';

const nothing = z.strictObject({});
/** A caller is not kept longer than proxies would wait. */
const patience = { waitMs: 25_000, pollMs: 100 };

export const postPlan = defineRoute({
  id: 'planNextRun',
  tag: 'History',
  method: 'post',
  path: `${mirrorPath}/plan`,
  need: 'write',
  summary: 'What the next run would do, ref by ref: 200, or 202 with the run while it is not known yet',
  body: nothing,
  paged: true,
  answers: { 200: planMade, 202: planUnderWay },
  faults: ['mirror_not_found', 'run_under_way'],
  handle: async ({ deps, caller, page, request, response }) => {
    const mirror = await findMirror(deps.store, caller);
    const run = await planNext(deps, mirror.id, patience);
    const outcomes = await deps.store.runOutcomes(run.id, page);
    const path = request.originalUrl.split('?')[0]?.replace(/\/plan$/, `/runs/${run.id}`) ?? '';
    tellPaging(response, deps.publicUrl(), path, page, outcomes.total);
    const done = run.status === 'finished' || run.status === 'failed';
    response.status(done ? 200 : 202).json({ ...presentRun(run), refs: outcomes.items.map(presentOutcome) });
  },
});

export const postAccept = defineRoute({
  id: 'acceptPlan',
  tag: 'History',
  method: 'post',
  path: `${mirrorPath}/accept`,
  need: 'write',
  summary: 'Accept the plan that is held, and no other: 202 with the run that carries it out',
  body: z.strictObject({ plan_id: z.string().min(1).max(64).describe('`held.plan_id` of the mirror.') }),
  example: { plan_id: '…' },
  answers: { 202: startedRun },
  faults: [...requestFaults, 'plan_stale'],
  handle: async ({ deps, caller, body, response }) => {
    const mirror = await findMirror(deps.store, caller);
    const { run, warning } = await acceptPlan(deps, mirror.id, body.plan_id);
    response.status(202).json({ ...presentRun(run), warnings: warning === null ? [] : [presentFault(warning)] });
  },
});

export const postUndo = defineRoute({
  id: 'undoRun',
  tag: 'History',
  method: 'post',
  path: `${mirrorPath}/runs/:id/undo`,
  need: 'write',
  summary: 'Put back what a run moved or deleted: 200 with a run that tells what became of each ref',
  body: nothing,
  answers: { 200: putBackRun },
  faults: [...putBackFaults, 'run_not_found', 'run_not_undoable'],
  handle: async ({ deps, caller, request, response }) => {
    const mirror = await findMirror(deps.store, caller);
    const run = await findRun(deps.store, mirror, request.params.id);
    const undone = await undoRun(deps, run, deps.closing);
    const outcomes = await deps.store.runOutcomes(undone.id, { page: 1, limit: 100 });
    response.json({ ...presentRun(undone), refs: outcomes.items.map(presentOutcome) });
  },
});
