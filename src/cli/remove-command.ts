import { removeMirror } from '../sync/remove-mirror';
import type { CliApp } from './cli-deps';
import { findMirror } from './find-mirror';
import type { Output } from './output';

export async function removeCommand(app: CliApp, output: Output, project: string): Promise<number> {
  const mirror = await findMirror(app, output, project);
  await removeMirror(app, mirror.id);
  output.result({ removed: true, id: mirror.id }, [
    `The mirror of ${mirror.fullName} is removed. The project itself stays as it is.`,
  ]);
  return 0;
}
