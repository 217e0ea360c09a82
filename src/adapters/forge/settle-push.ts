import { HeadwaterError, fault } from '../../domain/errors';
import { showRemoteText } from '../../domain/redact';
import type { RefUpdate } from '../../domain/ref-plan';
import type { RefOutcome } from '../../domain/run';
import { plainText, refusalOf, verdictOf, type PushReport, type RefVerdict, type Refusal } from './push-report';

/** What an answered push means. `refused`: only because of another ref; `unknown`: the forge said nothing of them. */
export interface SettledPush {
  readonly outcomes: ReadonlyMap<RefUpdate, RefOutcome>;
  readonly refused: readonly RefUpdate[];
  /** The refs that offended are known and among the outcomes, so the refused ones can go together. */
  readonly named: boolean;
  readonly unknown: readonly RefUpdate[];
}

/** What goes into the reasons: the account for advice, and what must be blotted out of the forge's own words. */
export interface Words {
  readonly account: string;
  readonly secrets: readonly string[];
}

/**
 * Decides, ref by ref. Raises forge_push_denied, forge_quota, upstream_corrupt and forge_push_failed, which are about all
 * refs alike.
 */
export function settleAnswered(report: PushReport, portion: readonly RefUpdate[], words: Words): SettledPush {
  const outcomes = new Map<RefUpdate, RefOutcome>();
  const refused: RefUpdate[] = [];
  const unknown: RefUpdate[] = [];
  for (const update of portion) {
    const verdict = verdictOf(report, update.ref);
    if (verdict.kind === 'portion_refused' || (verdict.kind === 'unpack_failed' && isFsckReport(report)))
      refused.push(update);
    else if (verdict.kind === 'unknown') unknown.push(update);
    else outcomes.set(update, outcomeOf(update, verdict, report, words));
  }
  if (refused.length === 0) return { outcomes, refused, named: false, unknown };

  const refusal = refusalOf(report);
  if (refusal.kind === 'no_write_access') throw new HeadwaterError('forge_push_denied', { account: words.account });
  if (refusal.kind === 'quota') throw new HeadwaterError('forge_quota');
  const culprit = culpritOf(refusal, refused);
  if (culprit === undefined) return { outcomes, refused, named: false, unknown };
  outcomes.set(culprit, { ...culprit, action: 'rejected', reason: reasonOf(refusal, culprit, words, report) });
  return { outcomes, refused: refused.filter((update) => update !== culprit), named: true, unknown };
}

/** Two halves, or one ref alone; nothing of nothing. */
export function halve<T>(items: readonly T[]): (readonly T[])[] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)].filter(({ length }) => length > 0);
}

/** A command line holds two megabytes on Linux; each ref stands in it twice, beside two object ids. */
export function portionsThatFit(updates: readonly RefUpdate[], maxBytes = 512 * 1024): (readonly RefUpdate[])[] {
  const portions: RefUpdate[][] = [];
  let room = 0;
  for (const update of updates) {
    const size = 2 * Buffer.byteLength(update.ref) + 120;
    if (portions.length === 0 || size > room) {
      portions.push([]);
      room = maxBytes;
    }
    portions.at(-1)?.push(update);
    room -= size;
  }
  return portions;
}

/** The ref that the forge names, or the only one there is. */
function culpritOf(refusal: Refusal, refused: readonly RefUpdate[]): RefUpdate | undefined {
  if (refused.length === 1) return refused[0];
  return 'ref' in refusal ? refused.find(({ ref }) => ref === refusal.ref) : undefined;
}

function reasonOf(refusal: Refusal, { ref }: RefUpdate, words: Words, report: PushReport): RefOutcome['reason'] {
  const { account } = words;
  if (refusal.kind === 'branch_protected') return fault('branch_protected', { ref, account });
  if (refusal.kind === 'tag_protected') return fault('tag_protected', { ref, account });
  if (refusal.kind === 'branch_unsigned') return fault('branch_unsigned', { ref });
  if (refusal.kind === 'branch_file_protected')
    return fault('branch_file_protected', { ref, file: showRemoteText(refusal.file, words.secrets) });
  const why = sentence(refusal.kind === 'hook' ? refusal.text : '', words);
  return fault(isFsckReport(report) ? 'ref_refused' : 'hook_declined', { ref, why });
}

function outcomeOf(update: RefUpdate, verdict: RefVerdict, report: PushReport, words: Words): RefOutcome {
  const { ref } = update;
  const rejected = (reason: RefOutcome['reason']): RefOutcome => ({ ...update, action: 'rejected', reason });
  switch (verdict.kind) {
    case 'arrived':
      return { ...update, reason: null };
    case 'up_to_date':
      return { ...update, action: 'unchanged', reason: null };
    case 'moved':
      return { ...update, action: 'diverged', reason: fault('moved_meanwhile', { ref }) };
    case 'conflict':
      return rejected(fault('ref_conflict', { ref, other: showRemoteText(verdict.other, words.secrets) }));
    case 'hook_declined':
      return rejected(fault('hook_declined', { ref, why: sentence(verdict.text, words) }));
    case 'refused':
      return rejected(fault('ref_refused', { ref, why: sentence(verdict.text, words) }));
    case 'objects_missing':
      throw new HeadwaterError('upstream_corrupt', { why: 'the forge found objects missing in what was sent' });
    case 'unpack_failed':
      throw new HeadwaterError('forge_push_failed', { why: sentence(plainText(report.remoteLines), words) });
    case 'portion_refused':
    case 'unknown':
      throw new HeadwaterError('internal');
  }
}

/** The forge checks what it unpacks (receive.fsckObjects) and found fault with something that one of the refs brings. */
function isFsckReport(report: PushReport): boolean {
  return report.remoteLines.some((line) => line.includes('fsck error'));
}

/** A remote sentence inside ours: without a full stop of its own. */
function sentence(text: string, words: Words): string {
  return showRemoteText(text, words.secrets).replace(/[.\s]+$/, '') || 'no reason given';
}
