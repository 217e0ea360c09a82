import { toHeadwaterError } from '../../domain/errors';
import { fail, skipped, type Check, type Finding } from './check';

/** All checks, one after the other; what a check raises is what it found. Never raises. */
export async function runChecks(checks: readonly Check[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  const raised = new Map<string, string>();
  for (const check of checks) {
    const missing = check.after === undefined ? undefined : raised.get(check.after);
    if (missing !== undefined) {
      findings.push({ id: check.id, title: check.title, ...skipped(`It cannot be checked before this: ${missing}.`) });
      continue;
    }
    const verdict = await check.run().catch((thrown: unknown) => {
      const { message, advice } = toHeadwaterError(thrown);
      raised.set(check.id, check.title);
      return fail(message, advice);
    });
    findings.push({ id: check.id, title: check.title, ...verdict });
  }
  return findings;
}
