import type { Request } from 'express';
import { toHeadwaterError } from '../../domain/errors';
import type { MirrorNotice } from '../../domain/events';
import type { Mirror } from '../../domain/mirror';
import type { HttpDeps } from '../http-deps';
import type { Access } from './access';
import { mirrorEvents } from './answers/mirror';
import type { ProgressAnswer } from './answers/run';
import { EventStream } from './event-stream';
import { describeMirror, findMirror } from './find-mirror';
import { mirrorPath } from './mirror-path';
import { presentRun } from './present';
import { defineRoute } from './route';

/**
 * Server-sent events of a mirror: `state` (the mirror, first of all and whenever it changed), `run` (a run that was queued,
 * started or ended) and `progress`. Notices may get lost, so the state is read again with every heartbeat, and so are the
 * caller's rights. The stream ends when the mirror is removed, the right is gone, or the server closes.
 */
export const getEvents = defineRoute({
  id: 'watchMirror',
  tag: 'Mirrors',
  method: 'get',
  path: `${mirrorPath}/events`,
  need: 'read',
  summary: 'Server-sent events: state, run, progress',
  answers: { 200: mirrorEvents },
  faults: ['mirror_not_found'],
  handle: async ({ deps, access, caller, request, response }) => {
    const mirror = await findMirror(deps.store, caller);
    const stream = new EventStream(response);
    stream.start();
    if (request.method === 'HEAD') return stream.end();
    await watch(deps, access, request, mirror, stream);
  },
});

async function watch(
  deps: HttpDeps,
  access: Access,
  request: Request,
  mirror: Mirror,
  stream: EventStream,
): Promise<void> {
  const inTurn = oneAfterAnother(stream);
  let lastState = '';
  const tellState = async (): Promise<void> => {
    const current = await deps.store.mirror(mirror.id);
    if (current === null) return stream.end();
    const state = await describeMirror(deps, { ...current, fullName: mirror.fullName });
    if (JSON.stringify(state) === lastState) return;
    lastState = JSON.stringify(state);
    stream.send('state', state);
  };

  const end = (): void => stream.end();
  deps.closing.addEventListener('abort', end);
  stream.onEnd(() => deps.closing.removeEventListener('abort', end));
  if (deps.closing.aborted) return end();

  inTurn(tellState);
  const unsubscribe = await deps.notices.subscribe(mirror.id, (notice) => {
    inTurn(async () => {
      await tellNotice(deps, notice, stream);
      if (notice.type !== 'run.progressed') await tellState();
    });
  });
  stream.onEnd(unsubscribe);
  // Read again, so that nothing falls between the first reading and the subscription.
  inTurn(tellState);
  const heartbeat = setInterval(() => {
    stream.heartbeat();
    inTurn(async () => {
      await access.check(request, 'read');
      await tellState();
    });
  }, deps.heartbeatMs ?? 15_000);
  stream.onEnd(() => clearInterval(heartbeat));
}

async function tellNotice(deps: HttpDeps, notice: MirrorNotice, stream: EventStream): Promise<void> {
  switch (notice.type) {
    case 'run.progressed':
      stream.sendIfIdle('progress', {
        run_id: notice.runId,
        phase: notice.phase,
        done: notice.done,
        total: notice.total,
        bytes: notice.bytes,
      } satisfies ProgressAnswer);
      return;
    case 'mirror.removed':
      return stream.end();
    case 'run.queued':
    case 'run.started':
    case 'run.finished':
    case 'run.failed': {
      const run = await deps.store.run(notice.runId);
      if (run !== null) stream.send('run', presentRun(run));
    }
  }
}

/** Runs pieces of work in the order given. What fails for now is passed over, since the next heartbeat makes up for it. */
function oneAfterAnother(stream: EventStream): (work: () => Promise<void>) => void {
  let last = Promise.resolve();
  return (work) => {
    last = last.then(async () => {
      if (!stream.open) return;
      try {
        await work();
      } catch (thrown) {
        if (toHeadwaterError(thrown).kind !== 'transient') stream.end();
      }
    });
  };
}
