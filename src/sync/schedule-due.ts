import { passOf } from '../domain/mirror';
import { requestSync, type RequestDeps } from './request-sync';

const batchSize = 500;

/** The clock pass: asks for a run of every mirror that is due. Answers how many were asked for. */
export async function scheduleDue(deps: RequestDeps): Promise<number> {
  const passAt = passOf(await deps.store.now(), deps.policy);
  let count = 0;
  for (;;) {
    const due = await deps.store.dueMirrors(passAt, batchSize);
    const before = count;
    for (const mirror of due) {
      // Counted from the pass, not from now: six hours later it is due again, however late in the pass its turn came.
      const asked = await requestSync(deps, mirror.id, 'clock', passAt).catch((thrown: unknown) => thrown);
      if (asked instanceof Error)
        deps.log.info({ mirrorId: mirror.id, error: asked.message }, 'mirror changed before its turn');
      else count += 1;
    }
    if (due.length < batchSize || count === before) return count;
  }
}
