import { fault, HeadwaterError } from '../domain/errors';
import type { RefUpdate } from '../domain/ref-plan';
import type { RefOutcome, Run } from '../domain/run';
import type { Forge } from '../ports/forge';
import type { Store } from '../ports/store';
import { recordPutBack } from './record-put-back';

export interface UndoDeps {
  readonly store: Store;
  readonly forge: Pick<Forge, 'project' | 'moveRefs'>;
  readonly newId: () => string;
}

const pageSize = 1000;

/**
 * Puts back the refs that a run moved or deleted, each only if it is still where that run left it. What the run created
 * stays. Recorded as a run of its own. The next run of a mirror that overwrites would overwrite again.
 * Raises run_under_way, run_not_undoable, and what Forge.moveRefs raises.
 */
export async function undoRun(deps: UndoDeps, run: Run, signal: AbortSignal): Promise<Run> {
  const mirror = await deps.store.mirror(run.mirrorId);
  if (mirror === null) throw new HeadwaterError('mirror_not_found');
  if (mirror.activeRunId !== null) throw new HeadwaterError('run_under_way');
  const updates = run.cause === 'plan' ? [] : (await outcomesOf(deps.store, run)).flatMap(inverseOf);
  if (updates.length === 0) throw new HeadwaterError('run_not_undoable');

  const project = await deps.forge.project(mirror.repoId);
  const { outcomes } = await deps.forge.moveRefs({ project, updates, signal });
  const told = outcomes.map((outcome) =>
    outcome.reason?.code === 'moved_meanwhile'
      ? { ...outcome, reason: fault('moved_after_run', { ref: outcome.ref }) }
      : outcome,
  );
  return recordPutBack(deps, run.mirrorId, told);
}

/** From where the run left the ref, back to where it was. */
function inverseOf({ ref, oldOid, newOid, action }: RefOutcome): RefUpdate[] {
  if (oldOid === null) return [];
  if (action === 'deleted') return [{ ref, oldOid: null, newOid: oldOid, action: 'created' }];
  if (action !== 'forced' && action !== 'fast_forwarded') return [];
  return [{ ref, oldOid: newOid, newOid: oldOid, action: 'forced' }];
}

async function outcomesOf(store: Pick<Store, 'runOutcomes'>, run: Run): Promise<RefOutcome[]> {
  const all: RefOutcome[] = [];
  for (let page = 1; ; page += 1) {
    const { items, total } = await store.runOutcomes(run.id, { page, limit: pageSize });
    all.push(...items);
    if (all.length >= total || items.length === 0) return all;
  }
}
