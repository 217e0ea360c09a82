import { z } from 'zod';
import { deletionChoices, divergences, tagChoices } from '../../../domain/mirror-options';
import { upstreamSchemes, whoMayMirrorChoices } from '../../../domain/policy';
import { answer } from './answer';
import { whole } from './values';

const interval = z.string().nullable();
const quota = whole.nullable();

export const policy = z
  .strictObject({
    who_may_mirror: z
      .enum(whoMayMirrorChoices)
      .describe(
        'project_admins: every admin of a project; listed: those of them who are listed, or whose project’s owner is.',
      ),
    listed: z.array(z.string()).describe('Names of users and organizations, in lower case.'),
    allowed_hosts: z.array(z.string()).describe('The only hosts to mirror with; empty: all.'),
    refused_hosts: z.array(z.string()).describe('Hosts not to mirror with, be they allowed or not.'),
    schemes: z.array(z.enum(upstreamSchemes)).describe('Kinds of addresses that may be mirrored.'),
    min_interval: interval.describe('Shortest interval of a mirror; null: that of the settings.'),
    max_interval: interval.describe('Longest interval of a mirror; null: that of the settings.'),
    defaults: z
      .strictObject({
        interval: interval.describe('A duration, or adaptive; null: that of the settings.'),
        tags: z.enum(tagChoices).describe('As of a mirror.'),
        divergence: z.enum(divergences).describe('As of a mirror.'),
        deletions: z.enum(deletionChoices).describe('As of a mirror.'),
        lfs: z.boolean().describe('As of a mirror.'),
      })
      .describe('Of new mirrors that do not say.'),
    push_mirrors: z.boolean().describe('Whether push mirrors may be added.'),
    mirrors_per_owner: quota.describe('Pull mirrors in the projects of one owner; null: as many as they like.'),
    mirrors_per_user: quota.describe('Pull mirrors that one user answers for; null: as many as they like.'),
    settings: z
      .strictObject({
        interval: z.string().describe('Of mirrors that have none of their own.'),
        min_interval: z.string().describe('No interval is shorter.'),
        max_interval: z.string().describe('No interval is longer.'),
      })
      .describe('What the settings of the server say, which the policy can only make narrower.'),
  })
  .describe('What this instance allows.');
export type PolicyAnswer = z.infer<typeof policy>;

export const thePolicy = answer('The policy.', policy);
