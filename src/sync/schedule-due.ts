import { requestSync, type RequestDeps } from './request-sync';

const batchSize = 500;

/** Asks for a run of every mirror whose pass has come and that is due. Answers how many were asked for. */
export async function scheduleDue(deps: RequestDeps): Promise<number> {
  const now = await deps.store.now();
  let count = 0;
  for (;;) {
    const due = await deps.store.dueMirrors(now, batchSize);
    const before = count;
    for (const mirror of due) {
      const asked = await requestSync(deps, mirror.id, 'clock').catch((thrown: unknown) => thrown);
      if (asked instanceof Error)
        deps.log.info({ mirrorId: mirror.id, error: asked.message }, 'mirror changed before its turn');
      else count += 1;
    }
    if (due.length < batchSize || count === before) return count;
  }
}
