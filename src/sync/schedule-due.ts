import type { Mirror } from '../domain/mirror';
import { admitRuns } from './admit-runs';
import { recordRequest, type RequestDeps } from './request-sync';

const batchSize = 500;

/** Asks for a run of every mirror whose pass has come and that is due. Answers how many were asked for. */
export async function scheduleDue(deps: RequestDeps): Promise<number> {
  const now = await deps.store.now();
  let count = 0;
  for (;;) {
    const due = await deps.store.dueMirrors(now, batchSize);
    const asked = await askFor(deps, due);
    count += asked;
    if (due.length < batchSize || asked === 0) return count;
  }
}

/** Asks, in the name of the clock, for a run of each. Answers of how many. */
export async function askFor(deps: RequestDeps, mirrors: readonly Mirror[]): Promise<number> {
  let count = 0;
  const hosts = new Set<string>();
  for (const mirror of mirrors) {
    try {
      const { run, host } = await deps.store.transaction((tx) => recordRequest(tx, deps, mirror.id, 'clock'));
      deps.notices.publish(mirror.id, { type: 'run.queued', runId: run.id, cause: 'clock' });
      hosts.add(host);
      count += 1;
    } catch (thrown) {
      deps.log.info({ mirrorId: mirror.id, error: String(thrown) }, 'mirror changed before its turn');
    }
  }
  for (const host of hosts) await admitRuns(deps, host);
  return count;
}
