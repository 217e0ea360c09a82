import type { RequestHandler } from 'express';
import type { Secret } from '../../domain/credentials';
import type { Mirror } from '../../domain/mirror';
import { notify } from '../../panel/texts/notify';
import { makeHookSecret } from '../../sync/hook-secret';
import { rotateNotifySecret } from '../../sync/notices/notify-settings';
import { asActor } from './as-actor';
import { mirrorOf } from './history-page';
import { openContext, type Panel } from './panel-context';
import type { SettingsModel } from './settings-model';
import { showSettings } from './settings-page';

/** Makes the webhook that the other side calls, or gives it a new secret; the answer is the only page that shows it. */
export function postHook(shared: Panel): RequestHandler {
  return async (request, response) => {
    const panel = asActor(shared, request);
    const mirror = await mirrorOf(panel, await openContext(panel, request));
    const { secret } = await makeHookSecret(panel.deps, mirror.id);
    await showSettings(panel, request, response, { open: 'edit', hookSecret: secret });
  };
}

/** A new secret for the messages; the answer is the only page that shows it. */
export function postNotifySecret(shared: Panel): RequestHandler {
  return async (request, response) => {
    const panel = asActor(shared, request);
    const mirror = await mirrorOf(panel, await openContext(panel, request));
    const made = await rotateNotifySecret(panel.deps, mirror.id);
    await showSettings(panel, request, response, { open: 'edit', once: messageSecret(made.mirror, made.secret) });
  };
}

export function messageSecret(mirror: Mirror, secret: Secret): NonNullable<SettingsModel['once']> {
  const host = mirror.notify.url === null ? '' : new URL(mirror.notify.url).host;
  const both = mirror.notify.secrets.length > 1 ? [' ', ...notify.bothSign] : [];
  return { title: notify.secretTitle, text: [...notify.secretText(host), ...both], secret: secret.reveal() };
}
