/**
 * What kind of trouble a fault is, for rules, for colours and for whoever reads many of them:
 * - credentials, host_key, tls, not_found: the upstream's side, for the maintainer to mend;
 * - unusable: the upstream's answer will not do as it is: no git there, a redirect, an address that is not allowed;
 * - unreachable, rate_limit, timeout: passes by itself, as a rule;
 * - corrupt: what the upstream sent is damaged or incomplete;
 * - refused, quota: the forge's rules, or somebody's limits, stand against it;
 * - forge: the forge failed over this project;
 * - crash: the run took its process down, or met a bug of ours;
 * - ours: the forge as a whole, the disk, the database or the queue; no fault of the mirror;
 * - difference: how one ref differs, or why it was held; no failure;
 * - request: about who asked for what.
 */
export type FaultClass =
  | 'credentials'
  | 'host_key'
  | 'tls'
  | 'not_found'
  | 'unusable'
  | 'unreachable'
  | 'rate_limit'
  | 'timeout'
  | 'corrupt'
  | 'refused'
  | 'quota'
  | 'forge'
  | 'crash'
  | 'ours'
  | 'difference'
  | 'request';
