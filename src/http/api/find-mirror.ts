import { HeadwaterError } from '../../domain/errors';
import { budgetHost } from '../../domain/host-budget';
import type { Mirror } from '../../domain/mirror';
import type { Run } from '../../domain/run';
import type { CallerRights } from '../../ports/forge';
import type { StoreReads } from '../../ports/store';
import type { MirrorAnswer } from './answers/mirror';
import { presentMirror } from './present';
import { isoTime } from './present-values';

/** The mirror of the project that the caller's rights were found for. Raises mirror_not_found. */
export async function findMirror(store: Pick<StoreReads, 'mirrorOfProject'>, caller: CallerRights): Promise<Mirror> {
  const mirror = await store.mirrorOfProject(caller.project.id);
  if (mirror === null) throw new HeadwaterError('mirror_not_found');
  // The forge has just told the name; the stored one may be older.
  return { ...mirror, fullName: `${caller.project.owner}/${caller.project.name}` };
}

/** A run of this mirror and of no other. Raises run_not_found. */
export async function findRun(store: Pick<StoreReads, 'run'>, mirror: Mirror, id: unknown): Promise<Run> {
  const run = typeof id === 'string' && /^[\w-]{1,64}$/.test(id) ? await store.run(id) : null;
  if (run === null || run.mirrorId !== mirror.id) throw new HeadwaterError('run_not_found');
  return run;
}

/** The presentation of a mirror together with the run that is queued or running. */
export async function describeMirror(
  { store, publicUrl }: { readonly store: Pick<StoreReads, 'run' | 'hostLoad'>; readonly publicUrl: () => string },
  mirror: Mirror,
): Promise<MirrorAnswer> {
  const activeRun = mirror.activeRunId === null ? null : await store.run(mirror.activeRunId);
  const { blockedUntil } = await store.hostLoad(budgetHost(mirror.url));
  return { ...presentMirror(mirror, activeRun, publicUrl()), ...presentHost(blockedUntil) };
}

/** Runs of its mirrors wait until then, if the upstream's host asked for it. */
function presentHost(blockedUntil: number | null, now = Date.now()) {
  return { upstream_blocked_until: blockedUntil === null || blockedUntil <= now ? null : isoTime(blockedUntil) };
}
