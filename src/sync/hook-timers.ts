import { toHeadwaterError } from '../domain/errors';
import { followUp } from './follow-up';
import type { RequestDeps } from './request-sync';

/** Wakes up when the time of a delivery has come. Lossy: the worker's round finds in the database what was missed. */
export interface HookTimers {
  /** One timer per mirror; ms. */
  set(mirrorId: string, delayMs: number): void;
  /** Sets no more, and waits for what has begun. */
  close(): Promise<void>;
}

/** The database's clock counts, and must have come to the moment too; ms. */
const slackMs = 20;

export function createHookTimers(deps: RequestDeps): HookTimers {
  const timers = new Map<string, NodeJS.Timeout>();
  const following = new Set<Promise<void>>();
  let open = true;

  const follow = async (mirrorId: string): Promise<void> => {
    try {
      await followUp(deps, mirrorId);
    } catch (thrown) {
      const { code } = toHeadwaterError(thrown);
      deps.log.info({ mirrorId, code }, 'a delivery could not be followed yet');
    }
  };

  return {
    set(mirrorId, delayMs) {
      if (!open) return;
      clearTimeout(timers.get(mirrorId));
      const timer = setTimeout(() => {
        timers.delete(mirrorId);
        const one = follow(mirrorId).finally(() => following.delete(one));
        following.add(one);
      }, delayMs + slackMs);
      timers.set(mirrorId, timer);
    },
    async close() {
      open = false;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      await Promise.all(following);
    },
  };
}
