import { z } from 'zod';
import type { Fault } from '../../domain/errors';
import type { Mirror } from '../../domain/mirror';
import { pauseMirror, resumeMirror, stopRun } from '../../sync/pause-mirror';
import { mirrorWithWarnings } from './answers/mirror';
import { describeMirror, findMirror } from './find-mirror';
import { mirrorPath } from './mirror-path';
import { presentFault } from './present';
import { defineRoute, type Call } from './route';

const nothing = z.strictObject({});

export const postPause = defineRoute({
  id: 'pauseMirror',
  tag: 'Mirrors',
  method: 'post',
  path: `${mirrorPath}/pause`,
  need: 'write',
  summary: 'End the run under way and begin none until the mirror is resumed',
  body: nothing,
  answers: { 200: mirrorWithWarnings },
  faults: ['mirror_not_found'],
  handle: async (call) => {
    const { id } = await findMirror(call.deps.store, call.caller);
    await answer(call, await pauseMirror(call.deps, id, 'person', call.caller.login));
  },
});

export const postResume = defineRoute({
  id: 'resumeMirror',
  tag: 'Mirrors',
  method: 'post',
  path: `${mirrorPath}/resume`,
  need: 'write',
  summary: 'End a pause, whatever its reason, and start a run',
  body: nothing,
  answers: { 200: mirrorWithWarnings },
  faults: ['mirror_not_found'],
  handle: async (call) => {
    const { id } = await findMirror(call.deps.store, call.caller);
    const { mirror, requested } = await resumeMirror(call.deps, id, call.caller.person);
    await answer(call, mirror, requested?.warning ?? null);
  },
});

export const postStop = defineRoute({
  id: 'stopRun',
  tag: 'Mirrors',
  method: 'post',
  path: `${mirrorPath}/stop`,
  need: 'write',
  summary: 'End the run that is queued or running, and change nothing else',
  body: nothing,
  answers: { 200: mirrorWithWarnings },
  faults: ['mirror_not_found'],
  handle: async (call) => {
    const { id } = await findMirror(call.deps.store, call.caller);
    await answer(call, await stopRun(call.deps, id, call.caller.login));
  },
});

async function answer<Body>(call: Call<Body>, mirror: Mirror, warning: Fault | null = null): Promise<void> {
  const warnings = warning === null ? [] : [presentFault(warning)];
  call.response.json({ ...(await describeMirror(call.deps, mirror)), warnings });
}
