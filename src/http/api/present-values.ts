import type { Fault } from '../../domain/errors';
import type { FaultAnswer, RefOutcomeAnswer } from './answers/values';
import { faultClass } from '../../domain/failure-rules';
import type { RefOutcome } from '../../domain/run';

/** What became of one ref, or what would. */
export function presentOutcome(outcome: RefOutcome): RefOutcomeAnswer {
  return {
    ref: outcome.ref,
    old: outcome.oldOid,
    new: outcome.newOid,
    action: outcome.action,
    reason: presentFault(outcome.reason),
  };
}

/** null stays null. */
export function presentFault<F extends Fault | null>(fault: F): F extends null ? null : FaultAnswer;
export function presentFault(fault: Fault | null): FaultAnswer | null {
  return fault === null
    ? null
    : { code: fault.code, class: faultClass(fault.code), message: fault.message, advice: fault.advice };
}

/** ISO 8601; null stays null. */
export function isoTime(at: number | null): string | null {
  return at === null ? null : timeText(at);
}

/** ISO 8601. */
export function timeText(at: number): string {
  return new Date(at).toISOString();
}
