import type { RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { Fault } from '../../domain/errors';
import type { Mirror } from '../../domain/mirror';
import { pauseMirror, resumeMirror, stopRun } from '../../sync/pause-mirror';
import type { HttpDeps } from '../http-deps';
import { callerOf } from './access';
import { describeMirror, findMirror } from './find-mirror';
import { parseBody } from './parse-input';
import { presentFault } from './present';

const noFields = z.strictObject({});

/** Ends the run under way and begins none until the mirror is resumed. */
export function postPause(deps: HttpDeps): RequestHandler {
  return async (request, response) => {
    parseBody(noFields, (request.body as unknown) ?? {});
    const caller = callerOf(response);
    const { id } = await findMirror(deps.store, caller);
    await answer(deps, response, await pauseMirror(deps, id, 'person', caller.login));
  };
}

/** Ends every pause and starts a run. */
export function postResume(deps: HttpDeps): RequestHandler {
  return async (request, response) => {
    parseBody(noFields, (request.body as unknown) ?? {});
    const { id } = await findMirror(deps.store, callerOf(response));
    const { mirror, requested } = await resumeMirror(deps, id);
    await answer(deps, response, mirror, requested?.warning ?? null);
  };
}

/** Ends the run that is queued or running; the schedule goes on. */
export function postStop(deps: HttpDeps): RequestHandler {
  return async (request, response) => {
    parseBody(noFields, (request.body as unknown) ?? {});
    const caller = callerOf(response);
    const { id } = await findMirror(deps.store, caller);
    await answer(deps, response, await stopRun(deps, id, caller.login));
  };
}

async function answer(deps: HttpDeps, response: Response, mirror: Mirror, warning: Fault | null = null): Promise<void> {
  const warnings = warning === null ? [] : [presentFault(warning)];
  response.json({ ...(await describeMirror(deps.store, mirror)), warnings });
}
