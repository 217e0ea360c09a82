import { toHeadwaterError } from '../../domain/errors';
import { fail, type Check, type Finding } from './check';

/** All checks, one after the other; what a check raises is what it found. Never raises. */
export async function runChecks(checks: readonly Check[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) {
    const verdict = await check.run().catch((thrown: unknown) => {
      const { message, advice } = toHeadwaterError(thrown);
      return fail(message, advice);
    });
    findings.push({ id: check.id, title: check.title, ...verdict });
  }
  return findings;
}
