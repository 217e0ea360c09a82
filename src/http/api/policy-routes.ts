import { z } from 'zod';
import { deletionChoices, divergences, tagChoices } from '../../domain/mirror-options';
import { upstreamSchemes, whoMayMirrorChoices } from '../../domain/policy';
import type { PolicyChange } from '../../domain/policy-change';
import { setPolicy } from '../../sync/set-policy';
import { thePolicy } from './answers/policy';
import { presentPolicy } from './present-policy';
import { defineAdminRoute } from './route';

const path = '/admin/policy';
const mostEntries = 1000;

const interval = z.string().max(40).nullable().optional();
const hosts = z.array(z.string().min(1).max(300)).max(mostEntries).optional();
const quota = z.int().min(0).max(1_000_000).nullable().optional();

const policyBody = z.strictObject({
  who_may_mirror: z.enum(whoMayMirrorChoices).optional().describe('Who may set up mirrors.'),
  listed: z
    .array(z.string().min(1).max(255))
    .max(mostEntries)
    .optional()
    .describe('Names of users and organizations, for "listed".'),
  allowed_hosts: hosts.describe('Hosts such as example.org, *.example.org or example.org:8443; empty: all.'),
  refused_hosts: hosts.describe('The same, for hosts not to mirror with; they win.'),
  schemes: z.array(z.enum(upstreamSchemes)).max(upstreamSchemes.length).optional().describe('Kinds of addresses.'),
  min_interval: interval.describe('Shortest interval of a mirror; null: that of the settings.'),
  max_interval: interval.describe('Longest interval of a mirror; null: that of the settings.'),
  defaults: z
    .strictObject({
      interval: interval.describe('A duration, or adaptive; null: that of the settings.'),
      tags: z.enum(tagChoices).optional().describe('As of a mirror.'),
      divergence: z.enum(divergences).optional().describe('As of a mirror.'),
      deletions: z.enum(deletionChoices).optional().describe('As of a mirror.'),
      lfs: z.boolean().optional().describe('As of a mirror.'),
    })
    .optional()
    .describe('Of new mirrors that do not say.'),
  push_mirrors: z.boolean().optional().describe('Whether push mirrors may be added.'),
  mirrors_per_owner: quota.describe('Pull mirrors in the projects of one owner; null: as many as they like.'),
  mirrors_per_user: quota.describe('Pull mirrors that one user answers for; null: as many as they like.'),
});

export const getPolicy = defineAdminRoute({
  id: 'getPolicy',
  tag: 'For site admins',
  method: 'get',
  path,
  summary: 'What this instance allows: who may mirror, which hosts, bounds, quotas, and defaults of new mirrors',
  answers: { 200: thePolicy },
  faults: [],
  handle: async ({ deps, response }) => {
    response.json(presentPolicy(await deps.store.policy(), deps.policy));
  },
});

export const patchPolicy = defineAdminRoute({
  id: 'changePolicy',
  tag: 'For site admins',
  method: 'patch',
  path,
  summary: 'Change what this instance allows; what is left out stays',
  body: policyBody,
  example: { refused_hosts: ['*.example.org'], min_interval: '1h' },
  answers: { 200: thePolicy },
  faults: [],
  handle: async ({ deps, body, response }) => {
    response.json(presentPolicy(await setPolicy(deps, readPolicyChange(body)), deps.policy));
  },
});

function readPolicyChange(body: z.infer<typeof policyBody>): PolicyChange {
  return {
    whoMayMirror: body.who_may_mirror,
    listed: body.listed,
    allowedHosts: body.allowed_hosts,
    refusedHosts: body.refused_hosts,
    schemes: body.schemes,
    minInterval: body.min_interval,
    maxInterval: body.max_interval,
    defaults: body.defaults,
    pushMirrors: body.push_mirrors,
    mirrorsPerOwner: body.mirrors_per_owner,
    mirrorsPerUser: body.mirrors_per_user,
  };
}
