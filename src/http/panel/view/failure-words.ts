import { say, type Rich } from '../../../panel/texts/rich';
import type { Failure } from './failure';

type Words = Pick<Failure, 'why' | 'advice'>;

/** What went wrong, and what to do on a line of its own. */
export function linesOf({ why, advice }: Words): readonly Rich[] {
  return advice === null ? [why] : [why, advice];
}

/** The same in one breath. */
export function sentenceOf({ why, advice }: Words): Rich {
  return advice === null ? why : say`${why} ${advice}`;
}
