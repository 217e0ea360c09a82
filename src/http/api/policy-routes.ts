import { z } from 'zod';
import { deletionChoices, divergences, tagChoices } from '../../domain/mirror-options';
import { upstreamSchemes, whoMayMirrorChoices } from '../../domain/policy';
import type { PolicyChange } from '../../domain/policy-change';
import { setPolicy } from '../../sync/set-policy';
import { presentPolicy } from './present-policy';
import { defineAdminRoute } from './route';

const path = '/admin/policy';
const mostEntries = 1000;

const interval = z.string().max(40).nullable().optional();
const hosts = z.array(z.string().min(1).max(300)).max(mostEntries).optional();
const quota = z.int().min(0).max(1_000_000).nullable().optional();

const policyBody = z.strictObject({
  who_may_mirror: z.enum(whoMayMirrorChoices).optional(),
  /** Names of users and organizations. */
  listed: z.array(z.string().min(1).max(255)).max(mostEntries).optional(),
  allowed_hosts: hosts,
  refused_hosts: hosts,
  schemes: z.array(z.enum(upstreamSchemes)).max(upstreamSchemes.length).optional(),
  /** null: as the settings have it. */
  min_interval: interval,
  max_interval: interval,
  defaults: z
    .strictObject({
      interval,
      tags: z.enum(tagChoices).optional(),
      divergence: z.enum(divergences).optional(),
      deletions: z.enum(deletionChoices).optional(),
      lfs: z.boolean().optional(),
    })
    .optional(),
  push_mirrors: z.boolean().optional(),
  /** null: as many as they like. */
  mirrors_per_owner: quota,
  mirrors_per_user: quota,
});

export const getPolicy = defineAdminRoute({
  method: 'get',
  path,
  summary: 'What this instance allows: who may mirror, which hosts, bounds, quotas, and defaults of new mirrors',
  handle: async ({ deps, response }) => {
    response.json(presentPolicy(await deps.store.policy(), deps.policy));
  },
});

export const patchPolicy = defineAdminRoute({
  method: 'patch',
  path,
  summary: 'Change what this instance allows; what is left out stays',
  body: policyBody,
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
