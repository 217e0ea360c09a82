import { toHeadwaterError } from '../domain/errors';
import { budgetHost } from '../domain/host-budget';
import type { ObjectCache } from '../ports/object-cache';
import type { RunJob, RunQueue } from '../ports/run-queue';
import { admitRuns } from './admit-runs';
import { followAll, followUp } from './follow-up';
import { createForgeWatch, runThoseThatWaited } from './forge-outage';
import { createHostTimers } from './host-timers';
import type { NoticeDeps } from './notices/deliver-notices';
import { startOutbox } from './notices/start-outbox';
import { reconcileProjects, type ReconcileDeps } from './reconcile-project';
import { recoverRuns } from './recover-runs';
import { scheduleDue } from './schedule-due';
import type { SyncDeps } from './sync-context';
import { syncMirror } from './sync-mirror';

export interface WorkerDeps
  extends
    Omit<ReconcileDeps, 'queue' | 'cache' | 'forge' | 'notices'>,
    Omit<SyncDeps, 'store' | 'cache' | 'forge'>,
    NoticeDeps {
  readonly forge: SyncDeps['forge'] & ReconcileDeps['forge'] & NoticeDeps['forge'];
  readonly queue: Pick<RunQueue, 'ensure' | 'work' | 'close'>;
  readonly cache: ObjectCache;
  /** Runs at a time. */
  readonly concurrency: number;
  /** No project goes longer (ms) without being looked at in the forge. */
  readonly reconcileMs: number;
  /** How often (ms) what a crash left behind is looked for, and what is due. */
  readonly roundMs: number;
}

export interface Worker {
  /** Takes no further job, gives running ones `graceMs` to end, then hands them back to the queue. */
  stop(graceMs: number): Promise<void>;
}

/** Starts taking jobs, and the clock. Every process with the worker role runs one. */
export function startWorker(deps: WorkerDeps): Worker {
  const shutdown = new AbortController();
  let swept = -Infinity;
  let round: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const hosts = createHostTimers(deps);

  const sweep = async (): Promise<void> => {
    const pass = Math.floor((await deps.store.now()) / deps.policy.passIntervalMs);
    if (pass <= swept) return;
    await deps.cache.sweep(async (mirrorId) => (await deps.store.mirror(mirrorId)) !== null);
    swept = pass;
  };
  const forgeAnswers = createForgeWatch(deps);
  /** Nothing is asked for while it could not be delivered; the upstreams are left alone as well. */
  const work = async (): Promise<void> => {
    if (!(await forgeAnswers())) return;
    await attempt(() => followAll(deps));
    await attempt(() => reconcileProjects(deps, deps.reconcileMs));
    await attempt(async () => {
      const waited = await runThoseThatWaited(deps);
      if (waited > 0) deps.log.info({ count: waited }, 'mirrors waited for the forge');
    });
    await attempt(async () => {
      const count = await scheduleDue(deps);
      if (count > 0) deps.log.info({ count }, 'mirrors were due');
    });
  };
  /** One part of a round that fails keeps no other from being done. */
  const attempt = async (part: () => Promise<unknown>): Promise<void> => {
    try {
      await part();
    } catch (thrown) {
      const error = toHeadwaterError(thrown);
      deps.log.warn({ code: error.code, err: error.cause }, 'round was cut short, the next one tries again');
    }
  };
  const runRound = async (): Promise<void> => {
    await attempt(() => recoverRuns(deps));
    await attempt(() => hosts.set(deps.roundMs));
    await attempt(work);
    await attempt(sweep);
  };
  const schedule = (delayMs: number): void => {
    timer = setTimeout(() => {
      round = runRound().finally(() => {
        if (!shutdown.signal.aborted && timer !== undefined) schedule(deps.roundMs);
      });
    }, delayMs);
  };

  const outbox = startOutbox(deps, deps.roundMs);
  /** Its host has room for another one now. */
  const admitNext = async ({ mirrorId, runId }: RunJob): Promise<void> => {
    const mirror = await deps.store.mirror(mirrorId);
    if (mirror === null) return;
    const host = budgetHost(mirror.url);
    await admitRuns(deps, host);
    // It was refused. The queue takes no second job of a run before the first is done with, so whoever let go meanwhile could
    // not wake it.
    if (mirror.activeRunId === runId && (await deps.store.run(runId))?.status === 'queued') hosts.soon(host);
  };
  const runJob = async (job: RunJob): Promise<void> => {
    await syncMirror(deps, job, shutdown.signal);
    outbox.nudge();
    await admitNext(job).catch((thrown: unknown) => {
      deps.log.info({ mirrorId: job.mirrorId, code: toHeadwaterError(thrown).code }, 'the next round sees to the host');
    });
    // What was asked for or delivered while the run was under way.
    await followUp(deps, job.mirrorId).catch((thrown: unknown) => {
      deps.log.info(
        { mirrorId: job.mirrorId, code: toHeadwaterError(thrown).code },
        'the next round sees to what was asked for meanwhile',
      );
    });
  };

  deps.queue.work(runJob, deps.concurrency);
  schedule(0);

  return {
    stop: async (graceMs) => {
      clearTimeout(timer);
      timer = undefined;
      const force = setTimeout(() => shutdown.abort(), graceMs);
      await round;
      await hosts.close();
      await deps.queue.close();
      clearTimeout(force);
      await outbox.stop();
      shutdown.abort();
    },
  };
}
