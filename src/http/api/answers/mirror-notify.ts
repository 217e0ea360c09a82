import { z } from 'zod';
import type { HookForge } from '../../../domain/hook-setup';
import type { NoticeType } from '../../../domain/mirror-notify';
import { faultAnswer, time, timeOrNull, whole } from './values';

const hookForges = [
  'github',
  'gitlab',
  'gitea',
  'forgejo',
  'bitbucket',
  'other',
] as const satisfies readonly HookForge[];
const noticeTypes = [
  'mirror.updated',
  'mirror.failed',
  'mirror.paused',
  'mirror.recovered',
] as const satisfies readonly NoticeType[];

export const webhook = z
  .strictObject({
    url: z.string().nullable().describe('The address that the upstream calls after a push; null: there is none.'),
    has_secret: z.boolean().describe('A webhook was made; its secret was shown once, then.'),
    previous_secret_valid: z.boolean().describe('The secret before is valid until the newest was used.'),
    last_delivery_at: timeOrNull.describe('When the upstream last called with a valid signature; null: never.'),
    setup: z
      .array(
        z.strictObject({
          forge: z.enum(hookForges).describe('What the upstream may be.'),
          page: z.string().nullable().describe('Its page where webhooks are added; null: not known.'),
          steps: z.string().describe('What to enter there.'),
        }),
      )
      .describe('How to enter it at the upstream; empty without a webhook.'),
  })
  .describe('Where the upstream says that it has changed.');
export type WebhookAnswer = z.infer<typeof webhook>;

export const noticeDelivery = z
  .strictObject({
    event: z.enum(noticeTypes).describe('What was to be told.'),
    at: time.describe('When it was last tried.'),
    delivered: z.boolean().describe('It arrived.'),
    retries: z.boolean().describe('Another try follows.'),
    attempts: whole.describe('Tries so far.'),
    http_status: z.int().nullable().describe('Status of the answer; null: an issue, or there was no answer.'),
    error: faultAnswer.nullable().describe('Why it did not arrive; null: it did.'),
  })
  .describe('How the last notice fared.');

export type NoticeDeliveryAnswer = z.infer<typeof noticeDelivery>;

/** Whom a mirror tells of what happens to it. */
export const notifyAnswers = {
  notify_issue: z.boolean().describe('An issue in the project says when the mirror is paused.'),
  notify_url: z.string().nullable().describe('Where signed messages go; null: nowhere.'),
  has_notify_secret: z.boolean().describe('There is a secret that messages are signed with.'),
  notify_last_delivery: noticeDelivery.nullable().describe('How the last message fared; null: none was sent.'),
  notify_last_issue: noticeDelivery.nullable().describe('How the last issue fared; null: there was none.'),
};

export type NotifyAnswer = z.infer<z.ZodObject<typeof notifyAnswers, z.core.$strict>>;

export const notifySecret = z.string().describe('The secret that messages are signed with. No other answer shows it.');
