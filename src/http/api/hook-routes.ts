import { z } from 'zod';
import { makeHookSecret, removeHook } from '../../sync/hook-secret';
import { answer } from './answers/answer';
import { hookSecretMade } from './answers/mirror';
import { describeMirror, findMirror } from './find-mirror';
import { mirrorPath } from './mirror-path';
import { defineRoute } from './route';

export const postHook = defineRoute({
  id: 'makeWebhook',
  tag: 'Webhooks and notices',
  method: 'post',
  path: `${mirrorPath}/webhook`,
  need: 'write',
  summary: 'Make the webhook that the upstream calls, or give it a new secret; the only answer that carries the secret',
  body: z.strictObject({}),
  answers: { 201: hookSecretMade },
  faults: ['mirror_not_found'],
  handle: async ({ deps, caller, response }) => {
    const { id } = await findMirror(deps.store, caller);
    const { mirror, secret } = await makeHookSecret(deps, id);
    deps.log.info({ mirrorId: id, by: caller.login }, 'webhook secret made');
    const shown = await describeMirror(deps, mirror);
    response.status(201).json({ ...shown, webhook: { ...shown.webhook, secret: secret.reveal() } });
  },
});

export const deleteHook = defineRoute({
  id: 'deleteWebhook',
  tag: 'Webhooks and notices',
  method: 'delete',
  path: `${mirrorPath}/webhook`,
  need: 'write',
  summary: "End the upstream's webhook; nothing answers at its address any more",
  answers: { 204: answer('Nothing answers at its address any more.', null) },
  faults: ['mirror_not_found'],
  handle: async ({ deps, caller, response }) => {
    const { id } = await findMirror(deps.store, caller);
    await removeHook(deps, id);
    deps.log.info({ mirrorId: id, by: caller.login }, 'webhook removed');
    response.status(204).end();
  },
});
