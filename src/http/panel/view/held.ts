import type { Fault } from '../../../domain/errors';
import { factsOf } from '../../../domain/fault-facts';
import { isTag } from '../../../domain/git-ref';
import type { HeldPlan } from '../../../domain/held-plan';
import { showRemoteText } from '../../../domain/redact';
import type { RefOutcome } from '../../../domain/run';
import { guards, planWords } from '../../../panel/texts/guards';
import { say, type Rich } from '../../../panel/texts/rich';
import { groupOutcomes, type RefGroup } from './ref-groups';

export interface HeldView {
  readonly planId: string;
  readonly accepting: Rich | null;
  readonly groups: readonly RefGroup[];
  readonly acceptLabel: string;
  /** "Keep them and never delete" has a meaning only where something would be deleted. */
  readonly keepLabel: string | null;
  readonly note: Rich;
}

const shown = 6;

/** The first reason in words; `name` is the other repository with its host. */
export function explainHeld(held: HeldPlan, name: string): Rich {
  const [reason] = held.reasons;
  return reason === undefined ? guards.emptied(name) : explainReason(reason, held, name);
}

function explainReason(reason: Fault, held: HeldPlan, name: string): Rich {
  const facts = factsOf(reason);
  switch (reason.code) {
    case 'held_upstream_emptied':
      return guards.emptied(name);
    case 'held_refs_lost': {
      const [lost, total] = [Number(facts['lost'] ?? held.lostTotal), Number(facts['total'] ?? held.total)];
      const tags = held.lost.some(isTag);
      return tags ? guards.lost(name, lost, total) : guards.lostBranches(name, lost, total);
    }
    case 'held_default_branch_lost':
      return guards.defaultLost(name, showRemoteText(facts['branch'] ?? ''));
    case 'held_unrelated_history':
      return guards.unrelated(name);
    case 'held_first_overwrite':
      return guards.firstOverwrite(Number(facts['count'] ?? held.total));
    default:
      return say`${showRemoteText(reason.message)}`;
  }
}

/** What accepting would do: the groups, and buttons that name the number. */
export function viewHeld(held: HeldPlan): HeldView {
  const deleted = held.refs.filter((ref) => ref.action === 'deleted').length;
  const replaced = held.refs.length - deleted;
  // Only the first are kept with the mirror; of what is not kept, the kind is not known.
  const more = Math.max(0, held.total - held.refs.length);
  const does = planWords({
    deleted: replaced === 0 ? held.total : deleted,
    replaced: replaced === 0 ? 0 : replaced + (deleted === 0 ? more : 0),
    created: 0,
    moved: 0,
    left: 0,
  });
  return {
    planId: held.id,
    accepting: does === '' ? null : guards.accepting(does),
    groups: held.refs.length > 0 ? groupOutcomes(held.refs, shown, more) : groupOutcomes(lostOnly(held), shown, 0),
    acceptLabel: does === '' ? guards.acceptPlain : guards.accept(does),
    keepLabel: deleted > 0 ? guards.keep : null,
    note: does === '' ? guards.loses : guards.undo,
  };
}

function lostOnly(held: HeldPlan): RefOutcome[] {
  return held.lost.map((ref) => ({ ref, oldOid: null, newOid: null, action: 'skipped', reason: null }));
}
