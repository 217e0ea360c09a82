/** Who asked for a run. `plan` runs look and change nothing; `undo` runs are records of what was put back. */
export type Cause = 'enrolled' | 'settings' | 'manual' | 'clock' | 'recovery' | 'upstream_hook' | 'plan' | 'undo';

export const automaticCauses: readonly Cause[] = ['clock', 'recovery', 'upstream_hook'];

/** Nobody waits for such a run, and it wakes no mirror that is paused. */
export function isAutomatic(cause: Cause): boolean {
  return automaticCauses.includes(cause);
}
