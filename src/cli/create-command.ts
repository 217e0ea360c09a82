import { importProject } from '../sync/import-project';
import type { CliApp, CliDeps } from './cli-deps';
import { parseProjectPath } from './find-mirror';
import type { Output } from './output';
import { readSetOptions, type SetOptions } from './set-mirror';
import { activeRun, describeMirror } from './show-mirror';

export interface CreateOptions extends SetOptions {
  readonly public?: boolean;
  readonly description?: string;
}

/** Makes a project in the forge, as Headwater's own account, and its mirror. */
export async function createCommand(
  deps: Pick<CliDeps, 'io' | 'present'>,
  app: CliApp,
  output: Output,
  path: string,
  options: CreateOptions,
): Promise<number> {
  const { owner, name } = parseProjectPath(path);
  const wanted = { owner, name, private: options.public !== true, description: options.description ?? '' };
  const { mirror, warnings, notifySecret } = await importProject(
    app,
    app.ownToken,
    wanted,
    await readSetOptions(deps, options),
  );
  for (const warning of warnings) output.warn(warning);
  const made = notifySecret === null ? {} : { notify_secret: notifySecret.reveal() };
  output.result({ ...deps.present.mirror(mirror, await activeRun(app, mirror)), ...made, warnings }, [
    `The project ${mirror.fullName} was made and will be imported.`,
    ...describeMirror(mirror),
    ...(notifySecret === null ? [] : [`secret        ${notifySecret.reveal()}`]),
  ]);
  return 0;
}
