import { fault } from '../../../src/domain/errors';
import {
  isAbandoned,
  isDue,
  transition,
  type Mirror,
  type MirrorEvent,
  type SchedulePolicy,
} from '../../../src/domain/mirror';
import { passOf } from '../../../src/domain/schedule';
import { noCounts } from '../../../src/domain/run';
import { buildMirror, buildPolicy } from '../../support/builders';

const minute = 60_000;
const hour = 60 * minute;
const policy: SchedulePolicy = buildPolicy();
const noon = Date.UTC(2026, 0, 1, 12);
const pause = { reason: 'failures', by: null, at: noon } as const;

const apply = (mirror: Mirror, ...events: MirrorEvent[]) =>
  events.reduce((state, event) => transition(state, event, policy), mirror);
const requested = (at: number, cause: 'clock' | 'manual' = 'clock'): MirrorEvent => ({
  type: 'requested',
  runId: 'run',
  cause,
  at,
});
const claimed = (at: number): MirrorEvent => ({ type: 'claimed', lease: { owner: 'w', until: at + minute }, at });
const failed = (at: number, retryAfterMs?: number): MirrorEvent => ({
  type: 'failed',
  at,
  fault: fault('upstream_not_found'),
  retryAfterMs,
});
const succeeded = (at: number): MirrorEvent => ({
  type: 'succeeded',
  at,
  counts: noCounts,
  listed: 'd',
  digest: 'd',
  upstreamDefaultBranch: null,
  held: null,
  proof: { behind: 0, diverged: [], divergedTotal: 0, inSyncAt: at },
});

describe('the schedule', () => {
  it('takes a mirror again at the pass six hours after the one that took it, however late its turn came', () => {
    const mirror = apply(buildMirror(), requested(noon), claimed(noon + 40 * minute), succeeded(noon + 50 * minute));
    expect(isDue(mirror, noon + 5 * hour)).toBe(false);
    expect(isDue(mirror, noon + 6 * hour)).toBe(true);
  });

  it('never takes a mirror earlier than six hours after an update by hand', () => {
    const mirror = apply(
      buildMirror(),
      requested(noon + 34 * minute, 'manual'),
      claimed(noon + 34 * minute),
      succeeded(noon + 35 * minute),
    );
    expect(isDue(mirror, noon + 6 * hour)).toBe(false);
    expect(isDue(mirror, noon + 7 * hour)).toBe(true);
  });

  it('tries a failed mirror again at the next hourly pass', () => {
    const mirror = apply(buildMirror(), requested(noon), claimed(noon), failed(noon + minute));
    expect(mirror).toMatchObject({ status: 'failed', failures: 1, pause: null });
    expect(isDue(mirror, noon)).toBe(false);
    expect(isDue(mirror, noon + hour)).toBe(true);
  });

  it('waits longer when the upstream asks for it', () => {
    const mirror = apply(buildMirror(), requested(noon), claimed(noon), failed(noon, 2.5 * hour));
    expect(isDue(mirror, noon + 2 * hour)).toBe(false);
    expect(isDue(mirror, noon + 3 * hour)).toBe(true);
  });

  it('pauses a mirror after five tries more, and never takes it then', () => {
    let mirror = buildMirror();
    for (let tries = 1; tries <= 6; tries += 1) {
      expect(mirror.pause).toBeNull();
      mirror = apply(mirror, requested(noon + tries * hour), claimed(noon + tries * hour), failed(noon + tries * hour));
    }
    expect(mirror).toMatchObject({ failures: 6, pause: { reason: 'failures' }, status: 'failed', nextUpdateAt: null });
    expect(isDue(mirror, noon + 1000 * hour)).toBe(false);
  });

  it('forgets the failures when a person asks, and wakes a paused mirror', () => {
    const paused = buildMirror({ failures: 6, pause, status: 'failed', nextUpdateAt: null });
    expect(apply(paused, requested(noon, 'manual'))).toMatchObject({ failures: 0, pause: null, status: 'scheduled' });
    expect(apply(paused, { type: 'woken' })).toMatchObject({ failures: 0, pause: null });
  });

  it('keeps counting when the clock asks', () => {
    expect(apply(buildMirror({ failures: 3 }), requested(noon)).failures).toBe(3);
  });

  it('forgets the failures after a success', () => {
    const mirror = apply(
      buildMirror({ failures: 3, lastError: fault('internal') }),
      requested(noon),
      claimed(noon),
      succeeded(noon),
    );
    expect(mirror).toMatchObject({
      failures: 0,
      lastError: null,
      status: 'finished',
      lastSuccessAt: noon,
      activeRunId: null,
      lease: null,
    });
  });

  it.each([
    ['switched off', { enabled: false }],
    ['paused', { pause }],
    ['already on its way', { activeRunId: 'run' }],
    ['without a next time', { nextUpdateAt: null }],
  ])('does not take a mirror that is %s', (_, change) => {
    expect(isDue(buildMirror({ nextUpdateAt: noon, ...change }), noon)).toBe(false);
  });

  it('has its passes at the multiples of the interval', () => {
    expect(passOf(buildMirror(), noon + 59 * minute, policy)).toBe(noon);
  });
});

describe('a claim', () => {
  it('has a higher fence each time', () => {
    const first = apply(buildMirror(), requested(noon), claimed(noon));
    expect(first).toMatchObject({ status: 'started', fence: 1, lastStartedAt: noon });
    expect(apply(first, { type: 'released' }, claimed(noon + minute)).fence).toBe(2);
  });

  it('is abandoned when its lease has run out', () => {
    const held = apply(buildMirror(), requested(noon), claimed(noon));
    expect(isAbandoned(held, noon + minute)).toBe(false);
    expect(isAbandoned(held, noon + minute + 1)).toBe(true);
  });

  it('leaves no blame when the worker shuts down', () => {
    const released = apply(buildMirror(), requested(noon), claimed(noon), { type: 'released' });
    expect(released).toMatchObject({ status: 'scheduled', failures: 0, lease: null, activeRunId: 'run' });
  });

  it('is void once the settings changed, though the mirror is free only when its worker has let go', () => {
    const held = apply(buildMirror(), requested(noon), claimed(noon));
    const after = apply(held, { type: 'superseded', at: noon });
    expect(after.fence).toBeGreaterThan(held.fence);
    expect(after).toMatchObject({ activeRunId: null, lease: held.lease });
    expect(apply(after, { type: 'let_go' }).lease).toBeNull();
  });
});
