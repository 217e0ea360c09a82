import { pauseMirror, resumeMirror, stopRun } from '../sync/pause-mirror';
import type { CliApp, CliDeps } from './cli-deps';
import { findMirror } from './find-mirror';
import type { Output } from './output';
import { activeRun } from './show-mirror';

type Command = (deps: Pick<CliDeps, 'present'>, app: CliApp, output: Output, project: string) => Promise<number>;

export const pauseCommand: Command = async (deps, app, output, project) => {
  const { id, fullName } = await findMirror(app, output, project);
  const mirror = await pauseMirror(app, id, 'person', null);
  output.result(deps.present.mirror(mirror, null), [`The mirror of ${fullName} is paused until it is resumed.`]);
  return 0;
};

export const resumeCommand: Command = async (deps, app, output, project) => {
  const { id, fullName, pause } = await findMirror(app, output, project);
  const { mirror, requested } = await resumeMirror(app, id, 'server');
  if (requested !== null && requested.warning !== null) output.warn(requested.warning);
  const told = pause === null ? 'was not paused' : requested === null ? 'is resumed' : 'is resumed and updates now';
  output.result(deps.present.mirror(mirror, await activeRun(app, mirror)), [`The mirror of ${fullName} ${told}.`]);
  return 0;
};

export const stopCommand: Command = async (deps, app, output, project) => {
  const { id, fullName, activeRunId } = await findMirror(app, output, project);
  const mirror = await stopRun(app, id, null);
  const told = activeRunId === null ? 'No run of this mirror was under way' : 'The run was stopped';
  output.result(deps.present.mirror(mirror, null), [`${told} (${fullName}).`]);
  return 0;
};
