import { fault, HeadwaterError, type Fault } from '../../domain/errors';
import { isTag, shortName } from '../../domain/git-ref';
import { isDestructive } from '../../domain/held-plan';
import { globToPattern, tagRuleToPattern } from '../../domain/name-glob';
import type { RefUpdate } from '../../domain/ref-plan';
import type { RefOutcome } from '../../domain/run';
import type { SyncContext } from '../sync-context';
import type { ForgeState } from './read-forge';

const refusals = new Set(['branch_protected', 'branch_unsigned', 'branch_file_protected', 'tag_protected']);

/** Names the rule that refused a ref, where the add-on's account may read the rules, and what to change about it. */
export async function nameRules(
  context: SyncContext,
  { project }: ForgeState,
  updates: readonly RefUpdate[],
  outcomes: readonly RefOutcome[],
): Promise<RefOutcome[]> {
  const refused = outcomes.filter(({ reason }) => reason !== null && refusals.has(reason.code));
  if (refused.length === 0) return [...outcomes];
  const { forge, compilePattern } = context;
  try {
    const branch = refused.some(({ ref }) => !isTag(ref)) ? await forge.branchRules(project) : [];
    const tag = refused.some(({ ref }) => isTag(ref)) ? await forge.tagRules(project) : [];
    const branchMatchers = branch.map((rule) => ({ rule, matches: compilePattern(globToPattern(rule)) }));
    const tagMatchers = tag.map((rule) => ({ rule, matches: compilePattern(tagRuleToPattern(rule)) }));
    const account = await forge.account();
    const destructive = new Set(updates.filter(isDestructive).map(({ ref }) => ref));
    return outcomes.map((outcome) => {
      const { ref, reason } = outcome;
      if (reason === null || !refusals.has(reason.code)) return outcome;
      const rule = (isTag(ref) ? tagMatchers : branchMatchers).find(
        ({ matches }) => matches?.(shortName(ref)) === true,
      )?.rule;
      if (rule === undefined) return outcome;
      return { ...outcome, reason: named(reason, { ref, rule, account, isDestructive: destructive.has(ref) }) };
    });
  } catch (thrown) {
    // Naming the rule is a courtesy; the refusal itself is told in any case.
    if (thrown instanceof HeadwaterError) return [...outcomes];
    throw thrown;
  }
}

function named(
  reason: Fault,
  facts: { readonly ref: string; readonly rule: string; readonly account: string; readonly isDestructive: boolean },
): Fault {
  const { ref, rule, account } = facts;
  switch (reason.code) {
    case 'tag_protected':
      return fault('tag_rule_refuses', { ref, rule, account });
    case 'branch_unsigned':
      return fault('branch_rule_unsigned', { ref, rule });
    case 'branch_file_protected':
      return fault('branch_rule_protects_file', { refusal: reason.message, rule });
    default:
      return fault(facts.isDestructive ? 'branch_rule_refuses_force' : 'branch_rule_refuses', { ref, rule, account });
  }
}
