import { HeadwaterError } from '../domain/errors';
import { shortName } from '../domain/git-ref';
import type { Mirror } from '../domain/mirror';
import type { RefOutcome, Run } from '../domain/run';
import { syncStateOf } from '../domain/sync-state';
import { acceptPlan } from '../sync/accept-plan';
import { planNext } from '../sync/plan-next';
import { undoRun } from '../sync/undo-run';
import type { CliApp, CliDeps } from './cli-deps';
import { findMirror } from './find-mirror';
import type { Output } from './output';
import { describeCounts } from './texts';

const waitMs = 10 * 60_000;
const shownOutcomes = 1000;

/** Shows what the next run would do. A worker finds it out, so one must be running. */
export async function planCommand(deps: CliDeps, app: CliApp, output: Output, project: string): Promise<number> {
  const mirror = await findMirror(app, output, project);
  const run = await planNext(app, mirror.id, { waitMs, pollMs: deps.pollMs ?? 500 });
  if (run.status === 'finished')
    return tellRun(deps, app, output, run, `The next update of ${mirror.fullName} would be`);
  output.result(deps.present.run(run), []);
  const why = run.error ?? new HeadwaterError('run_under_way').toFault();
  output.note(`${why.message} ${why.advice} (${why.code})`);
  return 1;
}

/** Accepts the plan that is held. */
export async function acceptCommand(
  deps: CliDeps,
  app: CliApp,
  output: Output,
  project: string,
  planId: string,
): Promise<number> {
  const mirror = await findMirror(app, output, project);
  const { run, warning } = await acceptPlan(app, mirror.id, planId);
  if (warning !== null) output.warn(warning);
  output.result(deps.present.run(run), [`The plan is accepted and will be carried out by run ${run.id}.`]);
  return 0;
}

/** Puts back what a run moved or deleted; exit code 1 when a ref could not be. */
export async function undoCommand(
  deps: CliDeps,
  app: CliApp,
  output: Output,
  project: string,
  runId: string,
): Promise<number> {
  const mirror = await findMirror(app, output, project);
  const run = await app.store.run(runId);
  if (run === null || run.mirrorId !== mirror.id) throw new HeadwaterError('run_not_found');
  const undone = await undoRun(app, run, new AbortController().signal);
  await tellRun(deps, app, output, undone, `Undoing run ${runId} of ${mirror.fullName}`);
  const counts = undone.counts;
  return counts === null || counts.diverged + counts.rejected > 0 ? 1 : 0;
}

/** The rows of `mirror show` about how far behind the project is. */
export function describeSync(mirror: Mirror): [string, string | null][] {
  const { held, proof } = mirror;
  return [
    ['sync', syncStateOf(mirror).replaceAll('_', ' ')],
    ['diverged', proof === null || proof.divergedTotal === 0 ? null : proof.diverged.join(', ')],
    ['LFS lacking', (proof?.lfsTotal ?? 0) === 0 ? null : (proof?.lfs ?? []).join(', ')],
    ...mirror.pullRequests.map((one): [string, string] => [
      'pull request',
      `#${one.number} ${one.state}, for ${shortName(one.branch)}: ${one.url}`,
    ]),
    ['held', held === null ? null : `${held.reasons.map((reason) => reason.message).join(' ')} (plan ${held.id})`],
  ];
}

/** Tells a run that is over, with what became of each ref. */
export async function tellRun(deps: CliDeps, app: CliApp, output: Output, run: Run, title: string): Promise<number> {
  const { items } = await app.store.runOutcomes(run.id, { page: 1, limit: shownOutcomes });
  const summary = run.counts === null ? 'nothing to do' : describeCounts(run.counts);
  output.result({ ...deps.present.run(run), refs: items }, [`${title}: ${summary}.`, ...items.map(describeOutcome)]);
  return 0;
}

function describeOutcome({ ref, oldOid, newOid, action, reason }: RefOutcome): string {
  const short = (oid: string | null) => oid?.slice(0, 10) ?? '-';
  const why = reason === null ? '' : `  ${reason.message}`;
  return `  ${action.padEnd(14)} ${ref}  ${short(oldOid)} -> ${short(newOid)}${why}`;
}
