import type { Policy } from '../../domain/policy';
import type { SchedulePolicy } from '../../domain/schedule';
import type { PolicyAnswer } from './answers/policy';
import { showInterval, type UpdateInterval } from '../../domain/update-interval';

/** What the API says of the instance's policy; `settings`: the operator's own bounds. */
export function presentPolicy(policy: Policy, settings: SchedulePolicy): PolicyAnswer {
  return {
    who_may_mirror: policy.whoMayMirror,
    listed: [...policy.listed],
    allowed_hosts: [...policy.allowedHosts],
    refused_hosts: [...policy.refusedHosts],
    schemes: [...policy.schemes],
    min_interval: shown(policy.minIntervalMs),
    max_interval: shown(policy.maxIntervalMs),
    defaults: { ...policy.defaults, interval: shown(policy.defaults.interval) },
    push_mirrors: policy.pushMirrors,
    mirrors_per_owner: policy.mirrorsPerOwner,
    mirrors_per_user: policy.mirrorsPerUser,
    settings: {
      interval: showInterval(settings.updateIntervalMs),
      min_interval: showInterval(settings.minIntervalMs),
      max_interval: showInterval(settings.maxIntervalMs),
    },
  };
}

function shown(interval: UpdateInterval): string | null {
  return typeof interval === 'number' ? showInterval(interval) : interval;
}
