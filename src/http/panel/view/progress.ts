import type { Phase, Progress } from '../../../domain/events';
import { live, phases, type PhaseId } from '../../../panel/texts/states';

/** A running update as it stands on the screen. */
export interface ProgressView {
  readonly phase: PhaseId;
  /** 0 to 100; null while the end is not known. */
  readonly percent: number | null;
  /** "Fetching: 62 %". */
  readonly line: string;
  /** "184,320 of 297,104 objects · 131 MB · 5.4 MB/s · about 40 seconds left". */
  readonly detail: string;
  /** For a screen reader. */
  readonly spoken: string;
}

export interface Sample extends Progress {
  /** Epoch ms. */
  readonly at: number;
}

/** No guess before there are data of so many ms. */
const guessAfterMs = 5_000;

const shownAs: Readonly<Record<Phase, PhaseId>> = {
  listing: 'listing',
  receiving: 'fetching',
  resolving: 'fetching',
  copying: 'copying',
  pushing: 'pushing',
};

const nouns: Readonly<Record<Phase, string>> = {
  listing: 'branch',
  receiving: 'object',
  resolving: 'delta',
  copying: 'LFS file',
  pushing: 'branch',
};

/** `samples` are of one run, oldest first; those of an earlier phase are left aside. */
export function viewProgress(samples: readonly Sample[]): ProgressView | null {
  const last = samples.at(-1);
  if (last === undefined) return null;
  const phase = shownAs[last.phase];
  const { doing } = phases.find(({ id }) => id === phase) ?? phases[0];
  const percent = last.total > 0 ? Math.min(100, Math.floor((100 * last.done) / last.total)) : null;
  const first = samples.find((sample) => sample.phase === last.phase) ?? last;
  const elapsed = last.at - first.at;
  const guess = elapsed < guessAfterMs ? null : { rate: rateOf(first, last), left: timeLeft(first, last) };
  const left = guess?.left === undefined || guess.left === null ? null : live.left(guess.left);
  const detail = [
    last.done > 0 || last.total > 0 ? live.objects(last.done, last.total, nouns[last.phase]) : null,
    last.bytes > 0 ? live.bytes(last.bytes) : null,
    guess === null || guess.rate <= 0 ? null : live.rate(guess.rate),
    left,
  ].filter((part) => part !== null);
  return {
    phase,
    percent,
    line: live.line(doing, percent),
    // A number and its unit stay on one line.
    detail: detail.map((part) => part.replaceAll(' ', '\u00a0')).join(' · '),
    spoken: live.spoken(doing, percent, left),
  };
}

/** Bytes per second. */
function rateOf(first: Sample, last: Sample): number {
  return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
}

/** ms; null while nothing moves or the end is not known. */
function timeLeft(first: Sample, last: Sample): number | null {
  const moved = last.done - first.done;
  if (moved <= 0 || last.total <= last.done) return null;
  return ((last.total - last.done) * (last.at - first.at)) / moved;
}
