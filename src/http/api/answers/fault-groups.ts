import type { FaultCode } from '../../../domain/fault-catalogue';
import { upstreamFaults } from '../../../domain/faults/upstream-faults';

/** Headwater's account cannot work in the project. */
const projectFaults = [
  'forge_project_missing',
  'forge_project_archived',
  'forge_project_is_native_mirror',
  'forge_push_denied',
] as const satisfies readonly FaultCode[];

/** A place that may not be mirrored from or to, or not by this caller. */
export const placeFaults = [
  'url_invalid',
  'url_scheme_forbidden',
  'url_blocked',
  'host_not_allowed',
  'scheme_not_allowed',
  'mirroring_denied',
] as const satisfies readonly FaultCode[];

/** Settings of a mirror that cannot be. */
export const settingsFaults = [
  ...placeFaults,
  'mirror_quota',
  'mirror_not_ssh',
  'notify_blocked',
  ...projectFaults,
] as const satisfies readonly FaultCode[];

/** A run that is asked for and may not begin. */
export const requestFaults = [
  'mirror_not_found',
  'mirror_disabled',
  'mirror_paused',
  'mirror_awaits_owner',
  'maintainer_right_revoked',
] as const satisfies readonly FaultCode[];

/** Somebody waits while the upstream is asked. */
export const connectionFaults: readonly FaultCode[] = [
  ...(Object.keys(upstreamFaults) as (keyof typeof upstreamFaults)[]).filter((code) => code.startsWith('upstream_')),
  'secret_unreadable',
];

/** Values are put back by a push. */
export const putBackFaults = [
  'mirror_not_found',
  'run_under_way',
  ...projectFaults,
  'forge_quota',
  'forge_push_failed',
] as const satisfies readonly FaultCode[];

/** The forge's own push mirrors. */
export const pushFaults = [
  'push_mirrors_denied',
  'push_mirrors_disabled',
  'forge_project_archived',
] as const satisfies readonly FaultCode[];
