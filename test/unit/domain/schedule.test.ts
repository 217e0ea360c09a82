import fc from 'fast-check';
import { fault } from '../../../src/domain/errors';
import { isDue, transition, type Mirror, type MirrorEvent } from '../../../src/domain/mirror';
import { defaultOptions } from '../../../src/domain/mirror-options';
import { noCounts } from '../../../src/domain/run';
import { intervalOf, nextTurn, passOf, type SchedulePolicy } from '../../../src/domain/schedule';
import type { UpdateInterval } from '../../../src/domain/update-interval';
import { buildMirror, buildPolicy } from '../../support/builders';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const noon = Date.UTC(2026, 0, 1, 12);
const policy = buildPolicy({ spreadMs: hour });

const mirrorOf = (interval: UpdateInterval, changes: Partial<Mirror> = {}) =>
  buildMirror({ options: { ...defaultOptions, interval }, ...changes });
const succeeded = (at: number, listed: string): MirrorEvent => ({
  type: 'succeeded',
  at,
  counts: noCounts,
  listed,
  digest: listed,
  upstreamDefaultBranch: null,
  held: null,
  proof: { behind: 0, diverged: [], divergedTotal: 0, inSyncAt: at },
});
const run = (mirror: Mirror, at: number, listed: string, rules: SchedulePolicy = policy) =>
  [{ type: 'requested', runId: 'r', cause: 'clock', at } as const, succeeded(at, listed)].reduce<Mirror>(
    (state, event) => transition(state, event, rules),
    mirror,
  );

const ids = fc.uuid();
const times = fc.integer({ min: noon, max: noon + 400 * day });
const intervals = fc.oneof(
  fc.constant(null),
  fc.constant('adaptive' as const),
  fc.integer({ min: policy.minIntervalMs, max: policy.maxIntervalMs }),
);
const activities = fc.option(fc.record({ digest: fc.string(), changedAt: fc.integer({ min: 0, max: noon }) }), {
  nil: null,
});
const mirrors = fc
  .record({ id: ids, interval: intervals, activity: activities })
  .map(({ id, interval, activity }) => mirrorOf(interval, { id, activity }));

describe('an interval of its own', () => {
  it.each<[string, UpdateInterval, number]>([
    ['none: the admin’s', null, 6 * hour],
    ['within the bounds', 2 * hour, 2 * hour],
    ['shorter than the admin allows by now', minute, 10 * minute],
    ['longer than the admin allows by now', 400 * day, 7 * day],
  ])('%s', (_, interval, expected) => {
    expect(intervalOf(mirrorOf(interval), noon, policy)).toBe(expected);
  });

  it('is kept by the clock, also when it is shorter than a pass', () => {
    for (const interval of [10 * minute, 25 * minute, 2 * hour, 3 * day]) {
      const mirror = mirrorOf(interval);
      const [first, second] = [noon, nextTurn(mirror, noon, policy)];
      expect(second - first).toBeGreaterThanOrEqual(interval);
      expect(second - first).toBeLessThanOrEqual(interval + Math.min(interval, hour));
    }
  });
});

describe('an adaptive interval', () => {
  const waited = (days: number) =>
    intervalOf(mirrorOf('adaptive', { activity: { digest: 'd', changedAt: noon - days * day } }), noon, policy);

  it('is half the time since the upstream last changed, between the bounds', () => {
    expect([0, 1, 4, 300].map(waited)).toEqual([10 * minute, 12 * hour, 2 * day, 7 * day]);
  });

  it('is short for a mirror that has just been enrolled', () => {
    expect(intervalOf(mirrorOf('adaptive'), noon, policy)).toBe(10 * minute);
  });

  it('grows while nothing happens and is short again after a change', () => {
    let mirror = run(mirrorOf('adaptive'), noon, 'one');
    const waits: number[] = [];
    for (let turn = 0; turn < 25; turn += 1) {
      const at = mirror.nextUpdateAt ?? 0;
      mirror = run(mirror, at, 'one');
      waits.push((mirror.nextUpdateAt ?? 0) - at);
    }
    expect(waits[0]).toBeLessThanOrEqual(20 * minute);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(6 * day);
    const at = mirror.nextUpdateAt ?? 0;
    mirror = run(mirror, at, 'two');
    expect(mirror.activity).toEqual({ digest: 'two', changedAt: at });
    expect((mirror.nextUpdateAt ?? 0) - at).toBeLessThanOrEqual(20 * minute);
  });

  it('does not take a turn away from those who do not adapt', () => {
    const mirror = run(mirrorOf(null), noon, 'one');
    expect(run(mirror, noon + 6 * hour, 'two').nextUpdateAt).toBe(
      nextTurn(mirror, passOf(mirror, noon + 6 * hour, policy), policy),
    );
  });
});

describe('the spread', () => {
  it('SCHED-04: puts 10,000 mirrors that were due at once at moments all over the pass', () => {
    const perMinute = new Array<number>(60).fill(0);
    for (let number = 0; number < 10_000; number += 1) {
      const next = nextTurn(mirrorOf(null, { id: `mirror-${number}` }), noon, policy);
      const slot = Math.floor((next % hour) / minute);
      perMinute[slot] = (perMinute[slot] ?? 0) + 1;
    }
    // Evenly would be 167 in each minute.
    expect(Math.min(...perMinute)).toBeGreaterThan(100);
    expect(Math.max(...perMinute)).toBeLessThan(250);
  });

  it('is stable: a mirror keeps its moment', () => {
    fc.assert(
      fc.property(ids, times, times, (id, one, other) => {
        const mirror = mirrorOf(null, { id });
        return nextTurn(mirror, one, policy) % hour === nextTurn(mirror, other, policy) % hour;
      }),
    );
  });

  it('spreads what one outage failed together over the time after it', () => {
    const retries = new Set<number>();
    for (let number = 0; number < 100; number += 1) {
      const mirror = mirrorOf(null, { id: `mirror-${number}` });
      const failed = {
        type: 'failed',
        at: noon,
        fault: fault('upstream_rate_limited'),
        retryAfterMs: 3 * hour,
      } as const;
      const { nextUpdateAt } = transition(mirror, failed, policy);
      expect(nextUpdateAt).toBeGreaterThanOrEqual(noon + 3 * hour);
      expect(nextUpdateAt).toBeLessThan(noon + 3.25 * hour);
      retries.add(nextUpdateAt ?? 0);
    }
    expect(retries.size).toBeGreaterThan(90);
  });
});

describe('for every mirror, at every time', () => {
  it('a turn comes no sooner than the interval after its pass, and within one pass more', () => {
    fc.assert(
      fc.property(mirrors, times, (mirror, at) => {
        const from = passOf(mirror, at, policy);
        const interval = intervalOf(mirror, from, policy);
        const next = nextTurn(mirror, from, policy);
        return from <= at && at - from <= hour && next >= from + interval && next <= from + interval + hour;
      }),
    );
  });

  it('the clock takes it at most once in its interval, however late each turn comes', () => {
    fc.assert(
      fc.property(ids, times, fc.array(fc.nat(3 * hour), { minLength: 5, maxLength: 5 }), (id, start, delays) => {
        let mirror = mirrorOf(null, { id });
        let at = start;
        let last = -Infinity;
        for (const delay of delays) {
          const pass = passOf(mirror, at, policy);
          if (pass - last < 6 * hour) return false;
          last = pass;
          mirror = run(mirror, at, 'same');
          if (isDue(mirror, pass + 6 * hour - 1)) return false;
          at = (mirror.nextUpdateAt ?? 0) + delay;
        }
        return true;
      }),
    );
  });

  it('a retry comes after the failure and after the time that was asked for', () => {
    fc.assert(
      fc.property(mirrors, times, fc.nat(5), fc.nat(2 * day), (mirror, at, failures, retryAfterMs) => {
        const event = { type: 'failed', at, fault: fault('upstream_timeout'), retryAfterMs } as const;
        const { nextUpdateAt } = transition({ ...mirror, failures }, event, policy);
        return nextUpdateAt === null || (nextUpdateAt > at && nextUpdateAt >= at + retryAfterMs);
      }),
    );
  });
});
