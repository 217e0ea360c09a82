import { setTimeout as delay } from 'node:timers/promises';
import { HeadwaterError, type Fault } from '../domain/errors';
import { isComplete, type Run } from '../domain/run';
import { parseInterval } from '../domain/update-interval';
import { requestSync } from '../sync/request-sync';
import type { CliApp, CliDeps } from './cli-deps';
import { findMirror } from './find-mirror';
import type { Output } from './output';
import { createProgressView, type ProgressView } from './progress-view';
import { describeCounts, showBytes } from './texts';

/** Long enough for most first imports, short enough for a script. */
const usualTimeoutMs = 10 * 60_000;

/** Milliseconds of --timeout. Raises input_invalid. */
export function readTimeout(text: string | undefined): number {
  if (text === undefined) return usualTimeoutMs;
  const ms = text === '0' ? 0 : parseInterval(text);
  if (ms !== null) return ms;
  const fieldFaults = [{ field: '--timeout', message: 'must be a time such as "10m"; "0" waits for ever' }];
  throw new HeadwaterError('input_invalid', { fields: '--timeout' }, { fieldFaults });
}

/**
 * "Update now", followed to its end: that of the run which has looked at the upstream after the command was given. Notices only draw the progress; the run in the database says when and how it ended.
 * Exit code 1 when the run failed, or had not ended after `timeoutMs` (0: however long it takes), which leaves it alone.
 */
export async function syncCommand(
  deps: CliDeps,
  app: CliApp,
  output: Output,
  project: string,
  timeoutMs: number,
): Promise<number> {
  const mirror = await findMirror(app, output, project);
  const view = createProgressView(deps.io.err, output.json);
  let unsubscribe = (): void => undefined;
  try {
    unsubscribe = await app.notices.subscribe(mirror.id, (notice) => {
      if (notice.type === 'run.progressed') view.show(notice);
    });
    const { run, again, warning } = await requestSync(app, mirror.id, 'manual');
    if (warning !== null) output.warn(warning);
    const end = timeoutMs === 0 ? Infinity : performance.now() + timeoutMs;
    const joined = await awaitEnd(deps, app, output, view, run, end, timeoutMs);
    const next = again ? await nextRun(deps, app, joined, end) : null;
    const ended = next === null ? joined : await awaitEnd(deps, app, output, view, next, end, timeoutMs);
    view.stop();
    return tellEnd(deps, output, mirror.fullName, ended);
  } finally {
    view.stop();
    unsubscribe();
  }
}

async function awaitEnd(
  deps: CliDeps,
  app: CliApp,
  output: Output,
  view: ProgressView,
  asked: Run,
  end: number,
  timeoutMs: number,
): Promise<Run> {
  const patienceMs = deps.patienceMs ?? 5000;
  const started = performance.now();
  let warned = false;
  for (;;) {
    const run = await app.store.run(asked.id);
    if (run === null) throw new HeadwaterError('mirror_not_found');
    if (run.status === 'finished' || run.status === 'failed') return run;
    if (performance.now() >= end)
      throw new HeadwaterError(run.status === 'queued' ? 'run_not_taken' : 'run_not_ended', {
        seconds: Math.round(timeoutMs / 1000),
      });
    if (run.status === 'queued' && !warned && performance.now() - started >= patienceMs) {
      warned = true;
      view.stop();
      output.note('no worker has taken the run yet; is "headwater serve" running? The run is recorded, still waiting.');
    }
    await delay(deps.pollMs ?? 500);
  }
}

/** The run that follows one which may not have seen everything; null: none does, as when the mirror was paused or stopped. */
async function nextRun(deps: CliDeps, app: CliApp, before: Run, end: number): Promise<Run | null> {
  while (performance.now() < end) {
    const { items } = await app.store.runs(before.mirrorId, { page: 1, limit: 1 });
    const newest = items[0];
    if (newest !== undefined && newest.id !== before.id && newest.cause !== 'plan') return newest;
    const mirror = await app.store.mirror(before.mirrorId);
    if (mirror === null || mirror.askedAgainAt === null || mirror.pause !== null || !mirror.enabled) return null;
    await delay(deps.pollMs ?? 500);
  }
  return null;
}

function tellEnd(deps: CliDeps, output: Output, fullName: string, run: Run): number {
  const done = run.counts === null ? '' : `: ${describeCounts(run.counts)}`;
  if (run.status === 'finished') {
    const traffic = `${showBytes(run.receivedBytes)} received, ${showBytes(run.sentBytes)} sent`;
    const complete = run.counts === null || isComplete(run.counts);
    const state = complete ? 'is up to date' : 'was updated, but not everything could be';
    output.result(deps.present.run(run), [`${fullName} ${state}${done} (${traffic}).`]);
    return 0;
  }
  output.result(deps.present.run(run), []);
  const why: Fault = run.error ?? new HeadwaterError('internal').toFault();
  output.note(`${why.message} ${why.advice} (${why.code})`);
  return 1;
}
