import { toHeadwaterError } from '../../domain/errors';
import { deliverNotices, type NoticeDeps } from './deliver-notices';

export interface Outbox {
  /** Something may have been written to it. */
  nudge(): void;
  /** Interrupts what is being sent; it is sent again after the next start. */
  stop(): Promise<void>;
}

/** Delivers notices beside the runs, at the latest every `roundMs`. */
export function startOutbox(deps: NoticeDeps, roundMs: number): Outbox {
  const shutdown = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let under: Promise<void> | null = null;
  let again = false;

  const deliver = async (): Promise<void> => {
    let nextMs: number | null = null;
    try {
      do {
        again = false;
        nextMs = await deliverNotices(deps, shutdown.signal);
      } while (again && !shutdown.signal.aborted);
    } catch (thrown) {
      const error = toHeadwaterError(thrown);
      deps.log.warn({ code: error.code, err: error.cause }, 'notices wait for the next round');
    }
    under = null;
    schedule(Math.min(roundMs, nextMs ?? roundMs));
  };
  const schedule = (delayMs: number): void => {
    clearTimeout(timer);
    if (!shutdown.signal.aborted) timer = setTimeout(begin, delayMs);
  };
  const begin = (): void => {
    if (under !== null) again = true;
    else under = deliver();
  };

  schedule(0);
  return {
    nudge: () => {
      if (!shutdown.signal.aborted) begin();
    },
    async stop() {
      clearTimeout(timer);
      shutdown.abort();
      await under;
    },
  };
}
