import { z } from 'zod';
import type { UpdateStatus } from '../../../domain/mirror';
import type { PauseReason } from '../../../domain/pause';
import { answer, type Answer } from './answer';
import { notifyAnswers, notifySecret, webhook } from './mirror-notify';
import { optionAnswers } from './mirror-options';
import { sshAnswers } from './mirror-ssh';
import { syncAnswers } from './mirror-sync';
import { progress, run } from './run';
import { faultAnswer, projectName, refCounts, timeOrNull, warnings, whole } from './values';

export const updateStatuses = [
  'none',
  'scheduled',
  'started',
  'finished',
  'failed',
] as const satisfies readonly UpdateStatus[];
const pauseReasons = [
  'failures',
  'host_key',
  'archived',
  'person',
  'owner_changed',
  'right_revoked',
] as const satisfies readonly PauseReason[];

export const mirror = z
  .strictObject({
    id: z.string().describe('Names the mirror, for good.'),
    project: z
      .strictObject({
        id: whole.describe("The forge's id of the project, which stays when it is renamed."),
        full_name: projectName,
      })
      .describe('The project that follows the upstream.'),
    url: z.string().describe('Address of the upstream, without credentials.'),
    enabled: z.boolean().describe('Switched on.'),
    ...optionAnswers,
    auth_user: z.string().nullable().describe('User name at the upstream; null: none.'),
    has_password: z.boolean().describe('A password or token is stored; no answer shows it.'),
    token_expires_at: timeOrNull.describe('When that ends, as the upstream or a person said; null: not known.'),
    token_warning: faultAnswer.nullable().describe('In the week before its end, and after it; null otherwise.'),
    ...sshAnswers,
    update_status: z
      .enum(updateStatuses)
      .describe('none: never ran; scheduled: waits for a worker; started: a worker has it.'),
    last_error: faultAnswer.nullable().describe('Why the last run failed; null: it did not.'),
    last_update_started_at: timeOrNull.describe('When a run last began.'),
    last_update_at: timeOrNull.describe('When a run last ended.'),
    last_successful_update_at: timeOrNull.describe('When a run last ended well.'),
    upstream_changed_at: timeOrNull.describe('When a run last found something new.'),
    next_update_at: timeOrNull.describe('When the clock may take it next; null while it is paused.'),
    upstream_blocked_until: timeOrNull.describe("The upstream's host asked to be left alone until then."),
    maintainer: z
      .string()
      .nullable()
      .describe('Login of the admin of the project who answers for it; null: set up on the server, or not known.'),
    visibility_warning: faultAnswer
      .nullable()
      .describe('The project was made public while its upstream asks for credentials; null: it was not.'),
    failures: whole.describe('Failed runs in a row, as far as they count.'),
    paused: z.boolean().describe('Nothing is done until it is woken.'),
    paused_reason: z.enum(pauseReasons).nullable().describe('Why; null: it is not paused.'),
    paused_by: z.string().nullable().describe('Who did it; null: Headwater itself, or the admin on the server.'),
    paused_at: timeOrNull.describe('Since when; null: it is not paused.'),
    upstream_default_branch: z.string().nullable().describe('Short name; null: not known.'),
    active_run: run.nullable().describe('The run that is queued or running; null: none is.'),
    last_counts: refCounts.nullable().describe('What the last finished run did; null: none has finished.'),
    ...syncAnswers,
    webhook,
    ...notifyAnswers,
  })
  .describe('A pull mirror: one project that follows one upstream, in GitLab’s field names where GitLab has one.');
export type MirrorAnswer = z.infer<typeof mirror>;

/** A secret is shown by the answer that made it, and by no other. */
const savedMirror = mirror.extend({
  notify_secret: notifySecret
    .optional()
    .describe('Only when this call made it: what messages to notify_url are signed with.'),
  warnings,
});

export const theMirror = answer('The mirror.', mirror);
export const createdMirror = answer('The mirror was created.', savedMirror);
export const changedMirror = answer('The mirror was changed.', savedMirror);
export const mirrorWithWarnings = answer('The mirror as it is now.', mirror.extend({ warnings }));
export const hookSecretMade = answer(
  'The mirror, with the secret of its webhook.',
  mirror.extend({
    webhook: webhook
      .extend({ secret: z.string().describe('To be entered at the upstream. No other answer shows it.') })
      .describe('Where the upstream says that it has changed.'),
  }),
);
export const notifySecretMade = answer(
  'The mirror, with the new secret.',
  mirror.extend({ notify_secret: notifySecret }),
);

export const mirrorEvents: Answer = {
  meaning: 'Server-sent events, until the mirror is removed, the right is gone or the server closes.',
  body: null,
  contentType: 'text/event-stream',
  events: { state: mirror, run, progress },
};
