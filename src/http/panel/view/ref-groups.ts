import { isTag, shortName } from '../../../domain/git-ref';
import { showRemoteText } from '../../../domain/redact';
import type { RefAction, RefOutcome } from '../../../domain/run';
import { outcomeReasons, outcomes } from '../../../panel/texts/guards';
import { history } from '../../../panel/texts/history';
import { code, say, type Rich } from '../../../panel/texts/rich';

export interface RefRow {
  readonly name: string;
  readonly commit: Rich;
}

/** Refs to which the same happens. */
export interface RefGroup {
  readonly title: string;
  readonly tone: string;
  readonly sub: Rich | null;
  readonly rows: readonly RefRow[];
  /** "and 42 more". */
  readonly more: string | null;
  /** All rows beyond the first, to unfold. */
  readonly rest: readonly RefRow[];
}

/** The order in which a person wants to know. */
const order: readonly RefAction[] = [
  'deleted',
  'forced',
  'rejected',
  'diverged',
  'created',
  'fast_forwarded',
  'skipped',
];

/** `shown` names a group, the others folded; `unknown` refs belong to the first group but are not kept. */
export function groupOutcomes(refs: readonly RefOutcome[], shown: number, unknown: number): RefGroup[] {
  return order.flatMap((action, index) => {
    const members = refs.filter((ref) => ref.action === action);
    if (members.length === 0) return [];
    const isFirst = !order.slice(0, index).some((earlier) => refs.some((ref) => ref.action === earlier));
    const total = members.length + (isFirst ? unknown : 0);
    const rows = members.map(rowOf);
    const { planned, tone } = outcomes[action];
    return {
      title: `${total} ${planned}`,
      tone,
      sub: action === 'deleted' ? outcomeReasons.deleted : null,
      rows: rows.slice(0, shown),
      rest: rows.slice(shown),
      more: total > shown ? history.andMore(total - shown) : null,
    };
  });
}

function rowOf(outcome: RefOutcome): RefRow {
  return { name: refName(outcome.ref), commit: commitsOf(outcome) };
}

function refName(ref: string): string {
  return showRemoteText(shortName(ref));
}

/** Old and new commit, as far as there are both. */
export function commitsOf({ ref, oldOid, newOid, action }: RefOutcome): Rich {
  const tag = isTag(ref) ? say`${history.tag}, ` : [];
  if (action === 'diverged' && oldOid !== null && newOid !== null)
    return say`${tag}${history.here} ${short(oldOid)}, ${history.there} ${short(newOid)}`;
  if (oldOid !== null && newOid !== null) return say`${tag}${short(oldOid)} → ${short(newOid)}`;
  const one = newOid ?? oldOid;
  if (one === null) return isTag(ref) ? [history.tag] : [];
  return say`${tag}${short(one)}`;
}

function short(oid: string) {
  return code(oid.slice(0, 7));
}
