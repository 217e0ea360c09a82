import { createProgressView } from '../../src/cli/progress-view';
import type { MirrorAnswer } from '../../test/support/headwater';
import type { MirrorEvent } from './mirror-events';

export interface FollowedRun {
  readonly mirror: MirrorAnswer;
  /** How many progress events came. */
  readonly progressEvents: number;
}

/**
 * Shows a run's progress until the mirror has come to rest. `start` is called once the events are flowing, so that none is
 * missed; without it the run is under way already. Rejects with the mirror's error.
 */
export async function followRun(
  open: (signal: AbortSignal) => AsyncIterable<MirrorEvent>,
  start?: () => Promise<void>,
): Promise<FollowedRun> {
  const abort = new AbortController();
  const view = createProgressView(process.stdout, false);
  let progressEvents = 0;
  let started = start === undefined;
  try {
    for await (const { event, data } of open(abort.signal)) {
      if (event === 'progress') {
        progressEvents += 1;
        view.show(data);
      }
      if (event !== 'state') continue;
      if (!started) {
        started = true;
        await start?.();
        continue;
      }
      if (data.update_status === 'failed') throw new Error(describe(data));
      if (data.update_status === 'finished') return { mirror: data, progressEvents };
    }
  } finally {
    view.stop();
    abort.abort();
  }
  throw new Error('the events ended before the run did');
}

function describe(mirror: MirrorAnswer): string {
  const error = mirror.last_error;
  return error === null ? 'the run failed' : `${error.message} ${error.advice} (${error.code})`;
}
