import type { Command } from 'commander';
import { rotateNotifySecret } from '../sync/notices/notify-settings';
import type { CliApp, CliDeps } from './cli-deps';
import { findMirror } from './find-mirror';
import type { Output } from './output';
import { activeRun } from './show-mirror';

/** The flags that say whom a mirror tells. */
export function addNotifyFlags(command: Command): void {
  command
    .option('--notify-issue', 'tell the project by an issue when the mirror is paused')
    .option('--no-notify-issue', 'open no issues')
    .option('--notify-url <url>', 'send signed messages of what happens there; empty for nowhere');
}

/** A new secret for the messages that the mirror sends. */
export async function notifySecretCommand(
  deps: Pick<CliDeps, 'present'>,
  app: CliApp,
  output: Output,
  project: string,
): Promise<number> {
  const found = await findMirror(app, output, project);
  const { mirror, secret } = await rotateNotifySecret(app, found.id);
  const shown = deps.present.mirror(mirror, await activeRun(app, mirror));
  output.result({ ...shown, notify_secret: secret.reveal() }, [secret.reveal()]);
  output.note('the secret is not shown again; for a day messages are signed with the one before as well.');
  return 0;
}
