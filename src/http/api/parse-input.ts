import { z } from 'zod';
import { HeadwaterError, type FieldFault } from '../../domain/errors';
import { showRemoteText } from '../../domain/redact';

/** Raises body_invalid when there is no JSON object, input_invalid with every field that does not fit. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new HeadwaterError('body_invalid');
  refuseNul(body);
  return parseFields(schema, body);
}

/** A NUL is part of no name, address or pattern, and PostgreSQL cannot store one. */
function refuseNul(body: object): void {
  const faults = Object.entries(body)
    .filter(([, value]) => hasNul(value))
    .map(([field]) => ({ field: showRemoteText(field, [], 64), message: 'must not have a NUL character' }));
  if (faults.length === 0) return;
  const fields = faults.map((entry) => entry.field).join(', ');
  throw new HeadwaterError('input_invalid', { fields }, { fieldFaults: faults });
}

function hasNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  return typeof value === 'object' && value !== null && Object.values(value).some(hasNul);
}

/** Raises input_invalid with every field that does not fit. Values are never repeated: one may be a password. */
export function parseFields<T>(schema: z.ZodType<T>, fields: unknown): T {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap(faultsOf);
  const names = [...new Set(faults.map((entry) => entry.field))];
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? ', …' : '');
  throw new HeadwaterError('input_invalid', { fields: shown }, { fieldFaults: faults.slice(0, 20) });
}

function faultsOf(issue: z.core.$ZodIssue): FieldFault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: showRemoteText(key, [], 64), message: 'is not a known field' }));
  }
  return [{ field: issue.path.join('.'), message: issue.message }];
}
