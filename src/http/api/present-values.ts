import type { Fault } from '../../domain/errors';
import { faultClass } from '../../domain/failure-rules';
import type { RefOutcome } from '../../domain/run';

/** What became of one ref, or what would. */
export function presentOutcome(outcome: RefOutcome) {
  return {
    ref: outcome.ref,
    old: outcome.oldOid,
    new: outcome.newOid,
    action: outcome.action,
    reason: presentFault(outcome.reason),
  };
}

export function presentFault(fault: Fault | null) {
  return fault === null
    ? null
    : { code: fault.code, class: faultClass(fault.code), message: fault.message, advice: fault.advice };
}

/** ISO 8601; null stays null. */
export function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
