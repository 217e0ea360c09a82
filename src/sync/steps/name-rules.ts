import { fault, HeadwaterError } from '../../domain/errors';
import { shortName } from '../../domain/git-ref';
import { globToPattern } from '../../domain/name-glob';
import type { RefUpdate } from '../../domain/ref-plan';
import type { RefOutcome } from '../../domain/run';
import type { SyncContext } from '../sync-context';
import type { ForgeState } from './read-forge';

/** Names the rule that refused a branch, where the add-on's account may read the rules, and what to change about it. */
export async function nameRules(
  context: SyncContext,
  { project }: ForgeState,
  updates: readonly RefUpdate[],
  outcomes: readonly RefOutcome[],
): Promise<RefOutcome[]> {
  if (!outcomes.some((outcome) => outcome.reason?.code === 'branch_protected')) return [...outcomes];
  let rules: readonly string[];
  try {
    rules = await context.forge.branchRules(project);
  } catch (thrown) {
    // Naming the rule is a courtesy; the refusal itself is told in any case.
    if (thrown instanceof HeadwaterError) return [...outcomes];
    throw thrown;
  }
  const account = await context.forge.account();
  const destructive = new Set(
    updates.filter(({ action }) => action === 'forced' || action === 'deleted').map(({ ref }) => ref),
  );
  return outcomes.map((outcome) => {
    if (outcome.reason?.code !== 'branch_protected') return outcome;
    const { ref } = outcome;
    const rule = rules.find((name) => context.compilePattern(globToPattern(name))?.(shortName(ref)) === true);
    if (rule === undefined) return outcome;
    const code = destructive.has(ref) ? 'branch_rule_refuses_force' : 'branch_rule_refuses';
    return { ...outcome, reason: fault(code, { ref, rule, account }) };
  });
}
