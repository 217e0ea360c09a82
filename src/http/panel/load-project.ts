import { createHash } from 'node:crypto';
import type { Mirror } from '../../domain/mirror';
import type { RefOutcome, Run } from '../../domain/run';
import type { PanelContext, Panel } from './panel-context';
import type { PullInput } from './view/pull-input';

/** What is known of a project's mirrors at one moment. */
export interface LoadedProject {
  readonly now: number;
  readonly mirror: Mirror | null;
  readonly pull: PullInput | null;
  /** Equal while the page would look the same. */
  readonly state: string;
}

/** Runs to look through for the newest that did something. */
const lookBack = { page: 1, limit: 10 };
const shownLeftBehind = { page: 1, limit: 200 };

export async function loadProject(
  { deps, progress }: Panel,
  { caller, forge }: Pick<PanelContext, 'caller' | 'forge'>,
): Promise<LoadedProject> {
  const { store, policy } = deps;
  const [now, found] = await Promise.all([store.now(), store.mirrorOfProject(caller.project.id)]);
  if (found === null) return { now, mirror: null, pull: null, state: 'none' };
  // The forge has just told the name; the stored one may be older.
  const mirror = { ...found, fullName: `${caller.project.owner}/${caller.project.name}` };
  const [activeRun, lastRun] = await Promise.all([
    mirror.activeRunId === null ? null : store.run(mirror.activeRunId),
    lastRealRun(store, mirror),
  ]);
  const leftBehind =
    lastRun !== null && (mirror.proof?.behind ?? 0) > 0
      ? (await store.runOutcomes(lastRun.id, shownLeftBehind)).items.filter(({ action }) => action === 'rejected')
      : [];
  const running = activeRun !== null && mirror.status === 'started' && activeRun.cause !== 'plan';
  const pull: PullInput = {
    mirror,
    activeRun,
    lastRun,
    leftBehind,
    progress: running ? await progress.progressOf(mirror.id) : null,
    policy,
    now,
    forge,
  };
  return { now, mirror, pull, state: stateOf(pull) };
}

async function lastRealRun(store: Panel['deps']['store'], mirror: Mirror): Promise<Run | null> {
  const { items } = await store.runs(mirror.id, lookBack);
  return items.find((run) => run.finishedAt !== null && run.cause !== 'plan' && run.cause !== 'undo') ?? null;
}

/** Without what changes all the time: leases, and how far a phase is. */
function stateOf({ mirror, activeRun, lastRun, leftBehind, progress }: PullInput): string {
  const lasting = { ...mirror, lease: null, fence: 0 };
  const parts = [
    lasting,
    activeRun?.status,
    lastRun?.id,
    leftBehind.map((ref: RefOutcome) => ref.ref),
    progress?.phase,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
