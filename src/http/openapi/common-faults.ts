import type { FaultCode } from '../../domain/fault-catalogue';
import type { RouteNeed } from '../api/access';

/** What any call of the API may raise. */
export const anyFaults = ['too_many_requests', 'route_not_found', 'internal'] as const satisfies readonly FaultCode[];

/** Who calls is asked of the forge, and what is told comes from the database. */
export const callerFaults = [
  'token_missing',
  'token_invalid',
  'token_scope_missing',
  'forge_unreachable',
  'forge_failed',
  'forge_token_refused',
  'store_unavailable',
  'queue_unavailable',
] as const satisfies readonly FaultCode[];

export const bodyFaults = ['body_invalid', 'body_too_large', 'input_invalid'] as const satisfies readonly FaultCode[];

/** What comes of asking for rights. */
export function faultsOfNeed(need: RouteNeed): readonly FaultCode[] {
  const more: Readonly<Record<RouteNeed, readonly FaultCode[]>> = {
    read: ['project_not_found'],
    write: ['project_not_found'],
    account: [],
    site_admin: ['site_admin_needed'],
  };
  return [...callerFaults, ...more[need]];
}
