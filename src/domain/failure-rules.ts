import { faultCatalogue, type FaultCode } from './fault-catalogue';
import type { FaultClass } from './faults/fault-class';
import type { PauseReason } from './pause';

/** What follows from a failed run. */
export interface FailureRule {
  /**
   * How soon it is tried again. next_pass: at the mirror's next pass. growing: after 1, 2, 4 … passes, but no later than its
   * regular turn, for what costs a lot or does harm each time.
   */
  readonly retry: 'next_pass' | 'growing';
  /** Whether it brings the mirror nearer to being paused; what is nobody's fault does not. */
  readonly counts: boolean;
  /** It waits for a person at once. */
  readonly pauses: PauseReason | null;
  /** Its runs hold a worker for long, or take it down. */
  readonly slow: boolean;
}

const regular: FailureRule = { retry: 'next_pass', counts: true, pauses: null, slow: false };
const costly: FailureRule = { ...regular, retry: 'growing' };
const slow: FailureRule = { ...costly, slow: true };
const blameless: FailureRule = { ...regular, counts: false };

const rules: Readonly<Record<FaultClass, FailureRule>> = {
  // A wrong password that is tried every hour may lock the account.
  credentials: costly,
  // Who may be at the other end is for a person to say; until then no further connection is made.
  host_key: { ...regular, pauses: 'host_key' },
  tls: regular,
  not_found: regular,
  unusable: regular,
  unreachable: regular,
  // Waiting as long as the host says is all there is to do.
  rate_limit: blameless,
  timeout: slow,
  corrupt: slow,
  refused: regular,
  quota: costly,
  forge: regular,
  crash: slow,
  // A forge that is down for a night must not leave every mirror paused in the morning.
  ours: blameless,
  difference: regular,
  request: regular,
};

/** Exceptions within a class: an archived project takes nothing until somebody unarchives it; a new owner has to confirm. */
const exceptions: Partial<Readonly<Record<FaultCode, FailureRule>>> = {
  forge_project_archived: { ...regular, pauses: 'archived' },
  forge_project_transferred: { ...regular, pauses: 'owner_changed' },
  maintainer_right_revoked: { ...regular, pauses: 'right_revoked' },
};

export function failureRule(code: FaultCode): FailureRule {
  return exceptions[code] ?? rules[faultClass(code)];
}

export function faultClass(code: FaultCode): FaultClass {
  return faultCatalogue[code].class;
}
