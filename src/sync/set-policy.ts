import type { Policy } from '../domain/policy';
import { changePolicy, type PolicyChange } from '../domain/policy-change';
import type { SchedulePolicy } from '../domain/schedule';
import type { Store } from '../ports/store';

export interface PolicyDeps {
  readonly store: Pick<Store, 'transaction'>;
  /** The settings' bounds, which the policy can only make narrower. */
  readonly policy: SchedulePolicy;
}

/** Changes what the site's admins allow; it counts for everything that begins from then on, in all processes. Raises input_invalid. */
export async function setPolicy({ store, policy: bounds }: PolicyDeps, change: PolicyChange): Promise<Policy> {
  return store.transaction(async (tx) => {
    const before = await tx.lockPolicy();
    const after = changePolicy(before, change, bounds);
    if (JSON.stringify(after) !== JSON.stringify(before)) await tx.savePolicy(after);
    return after;
  });
}
