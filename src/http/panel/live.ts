import type { Request, RequestHandler } from 'express';
import { HeadwaterError, toHeadwaterError } from '../../domain/errors';
import type { LiveState } from '../../panel/wire/live-state';
import { EventStream } from '../api/event-stream';
import { loadProject } from './load-project';
import { openContext, type Panel, type PanelContext } from './panel-context';

const tickMs = 500;

/** For browsers that get no events. */
export function getState(panel: Panel): RequestHandler {
  return async (request, response) => {
    response.json(await readState(panel, request));
  };
}

/** Server-sent events: `live` with the state whenever it changed, and twice a second while an update makes progress. */
export function getPanelEvents(panel: Panel): RequestHandler {
  return async (request, response) => {
    const first = await readState(panel, request);
    const stream = new EventStream(response);
    stream.start();
    if (request.method === 'HEAD') return stream.end();
    const { closing, notices } = panel.deps;
    const end = (): void => stream.end();
    closing.addEventListener('abort', end);
    stream.onEnd(() => closing.removeEventListener('abort', end));
    if (closing.aborted) return end();

    const context = await openContext(panel, request);
    const mirror = await panel.deps.store.mirrorOfProject(context.caller.project.id);
    let told = '';
    const tell = (live: LiveState): void => {
      const text = JSON.stringify(live);
      // What a client that does not keep up was not told is told with the next heartbeat.
      if (text !== told && stream.sendIfIdle('live', live)) told = text;
    };
    const update = paced(async () => {
      if (!stream.open) return;
      try {
        tell(await stateOf(panel, context));
      } catch (thrown) {
        if (toHeadwaterError(thrown).kind !== 'transient') stream.end();
      }
    });
    stream.onEnd(update.stop);
    tell(first);
    if (mirror !== null) stream.onEnd(await notices.subscribe(mirror.id, update.soon));
    // Read again, so that nothing falls between the first reading and the subscription.
    update.soon();
    const heartbeat = setInterval(() => {
      stream.heartbeat();
      // The rights are asked for again: they may be gone by now.
      readState(panel, request).then(tell, (thrown: unknown) => {
        if (toHeadwaterError(thrown).kind !== 'transient') stream.end();
      });
    }, panel.deps.heartbeatMs ?? 15_000);
    stream.onEnd(() => clearInterval(heartbeat));
  };
}

async function readState(panel: Panel, request: Request): Promise<LiveState> {
  const context = await openContext(panel, request);
  if (!context.caller.admin) throw new HeadwaterError('project_not_found');
  return stateOf(panel, context);
}

async function stateOf(panel: Panel, context: PanelContext): Promise<LiveState> {
  const { state, pull } = await loadProject(panel, context);
  const progress = pull?.progress ?? null;
  const shown =
    progress === null
      ? null
      : { line: progress.line, detail: progress.detail, percent: progress.percent, spoken: progress.spoken };
  return { state, progress: shown };
}

/** Runs `work` at most once per tick, one after another, and once more after the last call. */
function paced(work: () => Promise<void>): { readonly soon: () => void; readonly stop: () => void } {
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  const soon = (): void => {
    if (timer !== null || stopped) return;
    timer = setTimeout(() => {
      void work().finally(() => {
        timer = null;
        if (again) soon();
        again = false;
      });
    }, tickMs);
  };
  let again = false;
  return {
    soon: () => {
      if (timer !== null) again = true;
      soon();
    },
    stop: () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
