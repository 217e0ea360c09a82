import { HeadwaterError } from '../domain/errors';
import type { RefName } from '../domain/git-ref';
import { withDoubt } from '../domain/mirror';
import type { DeliveredRef } from '../domain/ref-plan';
import { countOutcomes, type RefOutcome, type Run } from '../domain/run';
import type { Store } from '../ports/store';

export interface PutBackDeps {
  readonly store: Pick<Store, 'transaction'>;
  readonly newId: () => string;
}

/** Records that a person had refs put back as a run of its own, and that these refs are theirs from now on. */
export async function recordPutBack(
  deps: PutBackDeps,
  mirrorId: string,
  outcomes: readonly RefOutcome[],
): Promise<Run> {
  return deps.store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(mirrorId);
    if (mirror === null) throw new HeadwaterError('mirror_not_found');
    const at = await tx.now();
    const run: Run = {
      id: deps.newId(),
      mirrorId: mirror.id,
      cause: 'undo',
      status: 'finished',
      queuedAt: at,
      startedAt: at,
      finishedAt: at,
      error: null,
      counts: countOutcomes(outcomes, 0),
      receivedBytes: 0,
      sentBytes: 0,
    };
    await tx.insertRun(run);
    await tx.insertRunOutcomes(run.id, outcomes);
    const known = await tx.deliveredRefs(mirror.id);
    const notes = outcomes
      .filter((outcome) => outcome.reason === null)
      // A person wanted this value: whatever the upstream does, it is theirs now, and never ours to delete.
      .map(({ ref }): [RefName, DeliveredRef] => [
        ref,
        { oid: null, intended: null, created: false, gone: known.get(ref)?.gone ?? false },
      ]);
    await tx.putDeliveredRefs(mirror.id, new Map(notes));
    // What was proven of the state no longer holds; the next run looks at the forge again.
    await tx.saveMirror({ ...withDoubt(mirror), proof: null });
    return run;
  });
}
