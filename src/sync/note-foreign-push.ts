import type { RefName } from '../domain/git-ref';
import { transition, type Mirror, type SchedulePolicy } from '../domain/mirror';
import type { Store } from '../ports/store';

export interface ForeignPushDeps {
  readonly store: Pick<Store, 'transaction' | 'deliveredRefs'>;
  readonly policy: SchedulePolicy;
}

/**
 * Somebody else pushed to these refs. If Headwater has delivered one of them, both sides may differ by now: the next run by
 * the clock comes soon and looks at the forge, instead of finding an unchanged upstream and nothing to do. A run under way
 * may have looked before, so it settles nothing.
 */
export async function noteForeignPush(deps: ForeignPushDeps, mirror: Mirror, refs: readonly RefName[]): Promise<void> {
  if (refs.length === 0 || (mirror.deliveredDigest === null && mirror.status !== 'started')) return;
  const delivered = await deps.store.deliveredRefs(mirror.id);
  if (!refs.some((ref) => delivered.has(ref))) return;
  await deps.store.transaction(async (tx) => {
    const current = await tx.lockMirror(mirror.id);
    if (current === null) return;
    await tx.saveMirror(transition(current, { type: 'doubted', at: await tx.now() }, deps.policy));
  });
}
