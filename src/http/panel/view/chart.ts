import { changedIn } from './run-words';
import type { Run } from '../../../domain/run';

export interface Bar {
  readonly x: string;
  readonly y: string;
  readonly height: string;
  /** f: failed, hollow; s: open below. */
  readonly look: 'f' | 's' | '';
}

/** Two rows of bars over the same runs, oldest on the left; for SVG attributes. */
export interface Chart {
  readonly width: number;
  readonly times: readonly Bar[];
  readonly changes: readonly Bar[];
  readonly from: number;
  readonly to: number;
}

const step = 10;
export const barWidth = 7;
/** Fewer are no picture of anything. */
const fewestBars = 3;
export const timesHeight = 56;
export const changesHeight = 22;

/** `runs` newest first, as the history lists them. Heights grow with the square root, so that the longest does not flatten the rest. */
export function drawChart(runs: readonly Run[], openId: string | null): Chart | null {
  const ended = runs.filter((run) => run.finishedAt !== null).reverse();
  const [first, last] = [ended[0], ended.at(-1)];
  if (first === undefined || last === undefined || ended.length < fewestBars) return null;
  const look = (run: Run): Bar['look'] => (run.id === openId ? 's' : run.status === 'failed' ? 'f' : '');
  const bars = (valueOf: (run: Run) => number, height: number): Bar[] => {
    const most = Math.max(...ended.map(valueOf), 0);
    return ended.flatMap((run, at) => {
      const value = valueOf(run);
      if (value <= 0 || most === 0) return [];
      const size = Math.max(2, (height - 2) * Math.sqrt(value / most));
      return [
        { x: (at * step + 1.5).toFixed(1), y: (height - size).toFixed(1), height: size.toFixed(1), look: look(run) },
      ];
    });
  };
  return {
    width: ended.length * step,
    times: bars((run) => tookMs(run) ?? 0, timesHeight),
    changes: bars((run) => changedIn(run.counts), changesHeight),
    from: first.finishedAt ?? 0,
    to: last.finishedAt ?? 0,
  };
}

/** ms; null while it lasts. */
export function tookMs(run: Run): number | null {
  return run.finishedAt === null ? null : Math.max(1, run.finishedAt - (run.startedAt ?? run.finishedAt));
}
