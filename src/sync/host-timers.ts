import { toHeadwaterError } from '../domain/errors';
import { admitRuns, type AdmitDeps } from './admit-runs';
import type { Logger } from '../ports/logger';
import type { Store } from '../ports/store';

/** Wakes up when a host wants to be asked again, for the runs that wait for it. Lossy: the worker's round does the same. */
export interface HostTimers {
  /** Sets a timer for every host that is free within `withinMs` and has runs waiting. Raises store_unavailable. */
  set(withinMs: number): Promise<void>;
  /** Looks at this host's waiting runs in a moment. */
  soon(host: string): void;
  /** Sets no more, and waits for what has begun. */
  close(): Promise<void>;
}

export interface HostTimersDeps extends AdmitDeps {
  readonly store: AdmitDeps['store'] & Pick<Store, 'waitingHosts'>;
  readonly log: Logger;
}

/** The database's clock counts, and must have come to the moment too; ms. */
const slackMs = 20;
/** By then a job that was just refused has left the queue; ms. */
const soonMs = 1_000;

export function createHostTimers(deps: HostTimersDeps): HostTimers {
  const timers = new Map<string, NodeJS.Timeout>();
  const admitting = new Set<Promise<void>>();
  let open = true;

  const admit = async (host: string): Promise<void> => {
    try {
      await admitRuns(deps, host);
    } catch (thrown) {
      deps.log.info({ host, code: toHeadwaterError(thrown).code }, 'the next round sees to the host');
    }
  };

  const wake = (host: string, delayMs: number): void => {
    clearTimeout(timers.get(host));
    const timer = setTimeout(() => {
      timers.delete(host);
      const one = admit(host).finally(() => admitting.delete(one));
      admitting.add(one);
    }, delayMs);
    timers.set(host, timer);
  };

  return {
    async set(withinMs) {
      const now = await deps.store.now();
      for (const host of await deps.store.waitingHosts()) {
        const { blockedUntil } = await deps.store.hostLoad(host);
        const delayMs = (blockedUntil ?? 0) - now;
        if (open && delayMs > 0 && delayMs <= withinMs) wake(host, delayMs + slackMs);
      }
    },
    soon(host) {
      if (open && !timers.has(host)) wake(host, soonMs);
    },
    async close() {
      open = false;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      await Promise.all(admitting);
    },
  };
}
