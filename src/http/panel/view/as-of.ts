import { facts } from '../../../panel/texts/actions';
import { pages } from '../../../panel/texts/pages';
import { say, type Part, type Rich } from '../../../panel/texts/rich';
import type { PullView } from './pull-view';

/**
 * A mirror as it was when the forge last answered, or when its last run ended after that. Every time is one of the clock:
 * "12 minutes ago" would be of now, beside a state of then.
 */
export function asOf(pull: PullView, at: number, forge: string): PullView {
  return {
    ...pull,
    badge: { ...pull.badge, tone: 'quiet' },
    badgeAt: pages.badgeAt(pull.badge.word, at),
    why: byTheClock(pull.why),
    advice: null,
    warning: null,
    next: null,
    actions: [],
    held: null,
    hostKeys: null,
    live: null,
    facts: pull.facts.map(({ name, value }) => ({
      name,
      value: name === facts.next && value.some(isTime) ? say`${pages.whenBack(forge)}` : byTheClock(value),
    })),
  };
}

/** When the state that is shown was true; epoch ms. */
export function stateTime(staleSince: number, mirror: { readonly lastFinishedAt: number | null } | null): number {
  return Math.max(staleSince, mirror?.lastFinishedAt ?? 0);
}

function byTheClock(sentence: Rich): Rich {
  return sentence.map((part): Part => (isTime(part) ? { ...part, form: 'clock' } : part));
}

function isTime(part: Part): part is Extract<Part, { readonly kind: 'time' }> {
  return typeof part !== 'string' && part.kind === 'time';
}
