import { z } from 'zod';
import { answer } from './answer';
import { timeOrNull, warnings } from './values';

export const pushMirror = z
  .strictObject({
    name: z.string().describe("The forge's name for it."),
    url: z.string().describe('Where it pushes to, without credentials.'),
    interval: z.string().nullable().describe('Time between two pushes, such as 8h; null: never by the clock.'),
    sync_on_commit: z.boolean().describe('Pushes as soon as something is pushed to the project.'),
    branch_filter: z.string().nullable().describe('Globs, separated by commas; null: all branches.'),
    ssh_public_key: z
      .string()
      .nullable()
      .describe('To be installed at the target, with the right to write; null: not an ssh address.'),
    created_at: timeOrNull.describe('When it was made; null: the forge does not say.'),
    last_update_at: timeOrNull.describe('When it last pushed; null: never.'),
    last_error: z.string().nullable().describe("Why that failed, in the forge's words; null: it did not."),
  })
  .describe("One of the forge's push mirrors of a project.");
export type PushMirrorAnswer = z.infer<typeof pushMirror>;

export const pushCapabilities = z
  .strictObject({
    use_ssh: z.boolean().describe('Takes ssh addresses, and makes the key.'),
    branch_filter: z.boolean().describe('Can choose branches.'),
    edit: z.boolean().describe('Can change a push mirror: no forge can so far.'),
    sync_one: z.boolean().describe('Can sync a single one: no forge can so far.'),
  })
  .describe("What this forge's push mirrors can do.");
export type PushCapabilitiesAnswer = z.infer<typeof pushCapabilities>;

const pushMirrors = z.strictObject({
  capabilities: pushCapabilities,
  push_mirrors: z.array(pushMirror).describe('All there are.'),
});

export const thePushMirrors = answer('The push mirrors, and what this forge can do.', pushMirrors);
export const thePushMirror = answer('The push mirror.', pushMirror);
export const addedPushMirror = answer('The push mirror was added.', pushMirror.extend({ warnings }));

const syncedPushMirrors = z.strictObject({
  status: z.enum(['running', 'finished', 'failed']).describe('How the push ended, or that it goes on.'),
  ...pushMirrors.shape,
  warnings,
});
export const pushSyncEnded = answer('The push ended; each push mirror says how it went.', syncedPushMirrors);
export const pushSyncRuns = answer('The push goes on.', syncedPushMirrors);
