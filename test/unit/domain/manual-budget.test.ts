import { manualWait } from '../../../src/domain/manual-budget';
import { noCounts, type Run } from '../../../src/domain/run';
import { buildRun } from '../../support/builders';

const minute = 60_000;
const budget = { manualRunsPerMinute: 10, manualIntervalMs: 5 * minute };
const now = 1_000 * minute;

/** Runs at these minutes before now, newest first as the store has them. */
const runsAt = (minutesAgo: readonly number[], changes: Partial<Run> = {}): Run[] =>
  [...minutesAgo]
    .sort((a, b) => a - b)
    .map((ago) => buildRun({ status: 'finished', counts: noCounts, queuedAt: now - ago * minute, ...changes }));
const every = (minutes: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => (at + 1) * minutes);

describe('how often people may update by hand (WH-07)', () => {
  it('ten in a row are no matter, and after that one in five minutes, as with GitLab, if they bring nothing', () => {
    expect(manualWait(runsAt(every(0.2, 9)), now, budget)).toBe(0);
    expect(manualWait(runsAt(every(0.01, 10).map((ago) => ago + 1)), now, budget)).toBeGreaterThan(3.8 * minute);
    // One every minute, for an hour: at most one in five was let in.
    const asked: Run[] = [];
    for (let at = now; at < now + 120 * minute; at += minute)
      if (manualWait(asked, at, budget) === 0) asked.unshift(...runsAt([0]).map((run) => ({ ...run, queuedAt: at })));
    expect(asked.length).toBeLessThanOrEqual(10 + 120 / 5);
    const [newest, before] = asked;
    expect((newest?.queuedAt ?? 0) - (before?.queuedAt ?? 0)).toBeGreaterThanOrEqual(5 * minute);
  });

  it('whoever waits as long as is said is let in', () => {
    const runs = runsAt(every(0.3, 10));
    const wait = manualWait(runs, now, budget);
    expect(wait).toBeGreaterThan(0);
    expect(manualWait(runs, now + wait - 1_000, budget)).toBeGreaterThan(0);
    expect(manualWait(runs, now + wait, budget)).toBe(0);
  });

  it.each(['created', 'fast_forwarded', 'forced', 'deleted'] as const)(
    'updates that brought something (%s) count for the minute alone, so a script may call after each push',
    (action) => {
      const counts = { ...noCounts, [action]: 1 };
      expect(manualWait(runsAt(every(0.5, 80), { counts }), now, budget)).toBe(0);
      expect(manualWait(runsAt(every(0.05, 10), { counts }), now, budget)).toBeCloseTo(0.5 * minute);
    },
  );

  it('failed ones count: trying a password is no way around it', () => {
    const runs = runsAt(every(0.2, 10), { status: 'failed', counts: null });
    expect(manualWait(runs, now, budget)).toBeGreaterThan(minute);
  });

  it('the clock, webhooks and previews are no matter of patience', () => {
    for (const cause of ['clock', 'upstream_hook', 'plan', 'recovery', 'settings'] as const)
      expect(manualWait(runsAt(every(0.01, 60), { cause }), now, budget)).toBe(0);
  });

  it('0 switches each of the limits off', () => {
    const runs = runsAt(every(0.01, 60));
    expect(manualWait(runs, now, { ...budget, manualRunsPerMinute: 0 })).toBe(0);
    expect(manualWait(runs, now, { manualRunsPerMinute: 10, manualIntervalMs: 0 })).toBeLessThanOrEqual(minute);
    expect(manualWait(runsAt(every(1.01, 60)), now, { manualRunsPerMinute: 10, manualIntervalMs: 0 })).toBe(0);
  });
});
