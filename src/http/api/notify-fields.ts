import { z } from 'zod';
import { rotateNotifySecret, type NotifyChange } from '../../sync/notices/notify-settings';
import { notifySecretMade } from './answers/mirror';
import { describeMirror, findMirror } from './find-mirror';
import { mirrorPath } from './mirror-path';
import { defineRoute } from './route';

/** What PUT takes of whom a mirror tells. */
export const notifyFields = {
  notify_issue: z
    .boolean()
    .optional()
    .describe(
      'Tell the people of the project by an issue when the mirror is paused, and close it when it works again.',
    ),
  notify_url: z
    .string()
    .max(4000)
    .nullable()
    .optional()
    .describe('Where signed messages of what happens are sent; null: nowhere.'),
};

export function readNotify(body: z.infer<z.ZodObject<typeof notifyFields>>): NotifyChange {
  return { issue: body.notify_issue, url: body.notify_url };
}

export const postNotifySecret = defineRoute({
  id: 'makeNotifySecret',
  tag: 'Webhooks and notices',
  method: 'post',
  path: `${mirrorPath}/notify_secret`,
  need: 'write',
  summary: 'A new secret for the messages to notify_url, in no other answer; for a day both sign',
  body: z.strictObject({}),
  answers: { 201: notifySecretMade },
  faults: ['mirror_not_found'],
  handle: async ({ deps, caller, response }) => {
    const { id } = await findMirror(deps.store, caller);
    const { mirror, secret } = await rotateNotifySecret(deps, id);
    deps.log.info({ mirrorId: id, by: caller.login }, 'secret of notices made');
    response.status(201).json({ ...(await describeMirror(deps, mirror)), notify_secret: secret.reveal() });
  },
});
