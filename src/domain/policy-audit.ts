import { plainValue, snakeName, type AuditChange } from './audit';
import type { Policy } from './policy';

/** What of the policy was changed, with old and new values; null: nothing. Pure. */
export function policyChangeOf(before: Policy, after: Policy): AuditChange | null {
  const details: Record<string, string | number | boolean | null> = {};
  const old = flat(before);
  for (const [name, value] of Object.entries(flat(after))) {
    if (JSON.stringify(old[name]) === JSON.stringify(value)) continue;
    details[`${name}_before`] = plainValue(old[name]);
    details[name] = plainValue(value);
  }
  return Object.keys(details).length === 0 ? null : { action: 'policy.changed', details };
}

function flat({ defaults, ...policy }: Policy): Readonly<Record<string, unknown>> {
  const flattened: Record<string, unknown> = {};
  const tell = (prefix: string, values: object) => {
    for (const [name, value] of Object.entries(values) as [string, unknown][])
      flattened[prefix + snakeName(name)] = Array.isArray(value) ? value.join(', ') : value;
  };
  tell('', policy);
  tell('default_', defaults);
  return flattened;
}
