import { isAutomatic, type Cause } from '../domain/cause';
import type { RunPriority } from '../ports/run-queue';

/** What a person waits for overtakes what the clock asked for. */
export function priorityOf(cause: Cause): RunPriority {
  return isAutomatic(cause) ? 'clock' : 'manual';
}
