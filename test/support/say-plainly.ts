import { sayClock, sayMoment } from '../../src/panel/texts/time-words';
import type { Rich } from '../../src/panel/texts/rich';

/** A sentence as a person reads it, who sees no difference between one space and another. */
export function plainly(sentence: Rich | null, now: number): string | null {
  if (sentence === null) return null;
  return sentence
    .map((part) => {
      if (typeof part === 'string') return part;
      if (part.kind !== 'time') return part.text;
      const say = part.form === 'clock' ? sayClock : sayMoment;
      return say(part.at, now, { local: false });
    })
    .join('')
    .replaceAll('\u00a0', ' ');
}
