import { z } from 'zod';
import { updateStatuses } from '../api/answers/mirror';
import { faultCode, timeOrNull, whole } from '../api/answers/values';

/** GitLab's answer about a pull mirror (facts: GitLab's API documentation). */
export const gitlabPullMirror = z
  .strictObject({
    id: whole.describe('Id of the project.'),
    last_error: z.string().nullable().describe('Why the last run failed, and what to do; null: it did not.'),
    last_successful_update_at: timeOrNull.describe('When a run last ended well.'),
    last_update_at: timeOrNull.describe('When a run last ended.'),
    last_update_started_at: timeOrNull.describe('When a run last began.'),
    update_status: z.enum(updateStatuses).describe('none: never ran; scheduled: waits; started: runs.'),
    url: z.string().describe('Address of the upstream; stars stand for credentials.'),
    enabled: z.boolean().describe('Switched on.'),
    mirror_trigger_builds: z.boolean().describe('Always true: pushes fire every hook.'),
    only_mirror_protected_branches: z.boolean().describe('Only branches that are protected in the project.'),
    mirror_overwrites_diverged_branches: z.boolean().describe('Branches that diverged are overwritten.'),
    mirror_branch_regex: z.string().nullable().describe('Only branches that it matches, in RE2 syntax; null: all.'),
  })
  .describe('A pull mirror, as GitLab tells it.');
export type GitlabPullMirror = z.infer<typeof gitlabPullMirror>;

/** GitLab's answer about a push mirror. */
export const gitlabRemoteMirror = z
  .strictObject({
    id: whole.describe('Made from the name that the forge knows it by.'),
    enabled: z.boolean().describe('Always true: the forge cannot switch one off.'),
    url: z.string().describe('Where it pushes to, without credentials.'),
    auth_method: z.enum(['ssh_public_key', 'password']).describe('How it signs in.'),
    last_error: z.string().nullable().describe("Why the last push failed, in the forge's words; null: it did not."),
    last_successful_update_at: timeOrNull.describe('When it last pushed well.'),
    last_update_at: timeOrNull.describe('When it last pushed.'),
    last_update_started_at: z.null().describe('The forge does not say.'),
    update_status: z.enum(['none', 'finished', 'failed']).describe('How the last push went.'),
    only_protected_branches: z.boolean().describe('Always false: the forge pushes all branches.'),
    keep_divergent_refs: z.boolean().describe('Always false: the forge overwrites.'),
    mirror_branch_regex: z.null().describe('The forge knows no expressions.'),
    host_keys: z.array(z.never()).describe('Always empty: the forge does not tell them.'),
  })
  .describe("One of the forge's push mirrors, as GitLab tells it.");
export type GitlabRemoteMirror = z.infer<typeof gitlabRemoteMirror>;

export const gitlabPublicKey = z.strictObject({
  public_key: z.string().describe('To be installed at the target, with the right to write.'),
});

/** `message` alone is GitLab's. */
export const gitlabProblem = z
  .strictObject({
    message: z.string().describe('What went wrong, in the words that clients of GitLab know.'),
    code: faultCode,
    advice: z.string().describe('What to do about it, for people.'),
  })
  .describe('Why a call failed, as GitLab tells it.');
export type GitlabProblem = z.infer<typeof gitlabProblem>;
