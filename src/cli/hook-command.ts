import { hookSetups } from '../domain/hook-setup';
import { makeHookSecret, removeHook } from '../sync/hook-secret';
import type { CliApp, CliDeps } from './cli-deps';
import { findMirror } from './find-mirror';
import type { Output } from './output';
import { activeRun } from './show-mirror';

export interface HookOptions {
  readonly rotate?: boolean;
  readonly remove?: boolean;
}

/** Shows the webhook that the upstream calls, makes it or gives it a new secret, or removes it. */
export async function hookCommand(
  deps: Pick<CliDeps, 'present'>,
  app: CliApp,
  output: Output,
  project: string,
  options: HookOptions,
): Promise<number> {
  const found = await findMirror(app, output, project);
  const made = options.rotate === true ? await makeHookSecret(app, found.id) : null;
  const mirror = made?.mirror ?? (options.remove === true ? await removeHook(app, found.id) : found);
  const shown = deps.present.mirror(mirror, await activeRun(app, mirror));
  const webhook = { ...shown.webhook, ...(made === null ? {} : { secret: made.secret.reveal() }) };
  const lines =
    mirror.hook === null
      ? ['The mirror has no webhook. Make one with --rotate.']
      : [
          `address       ${String(shown.webhook.url)}`,
          ...(made === null ? [] : [`secret        ${made.secret.reveal()}`]),
          ...hookSetups(mirror.url).map(({ forge, page, steps }) => `${forge.padEnd(13)} ${page ?? ''}\n  ${steps}`),
        ];
  output.result({ ...shown, webhook }, lines);
  if (made !== null) output.note('the secret is not shown again; the one before is valid until this one was used.');
  return 0;
}
