import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { fault } from '../../../src/domain/errors';
import { transition, type MirrorEvent } from '../../../src/domain/mirror';
import { defaultOptions } from '../../../src/domain/mirror-options';
import { noCounts } from '../../../src/domain/run';
import { recoverRuns } from '../../../src/sync/recover-runs';
import { scheduleDue } from '../../../src/sync/schedule-due';
import { hour, minute, ScriptedWorld } from '../../fakes/scripted-world';
import { buildMirror, buildPolicy } from '../../support/builders';

const main = 'refs/heads/main';
const day = 24 * hour;

function world() {
  const w = new ScriptedWorld();
  w.upstreamRefs.set(main, w.history.commit('c1'));
  return w;
}

describe('SCHED-07: clocks that jump', () => {
  afterEach(() => jest.restoreAllMocks());

  it.each([
    ['a day ahead of', day],
    ['ten minutes ahead of', 10 * minute],
    ['ten minutes behind', -10 * minute],
    ['a day behind', -day],
  ])('a worker whose own clock goes %s the database keeps its lease and its schedule', async (_, step) => {
    const w = world();
    const id = await w.enrol();
    const real = Date.now;
    w.upstream.fetch = async () => {
      jest.spyOn(Date, 'now').mockImplementation(() => real() + step);
      expect([await recoverRuns(w), await scheduleDue(w)]).toEqual([0, 0]);
      expect((await w.mirror(id)).lease?.until).toBe(w.clock.now() + w.leaseMs);
      return { receivedBytes: 1 };
    };
    await w.work();
    const mirror = await w.mirror(id);
    expect(mirror).toMatchObject({ status: 'finished', failures: 0, lastSuccessAt: w.clock.now() });
    expect(mirror.nextUpdateAt).toBeGreaterThanOrEqual(w.clock.now() + 5 * hour);
    expect(mirror.nextUpdateAt).toBeLessThanOrEqual(w.clock.now() + 7 * hour);
    expect(await scheduleDue(w)).toBe(0);
  });

  it("a step of the database's clock is no mass run: each mirror is asked for once, and as many begin as ever", async () => {
    const w = world();
    await w.imported();
    for (const step of [day, -day, day]) {
      w.clock.advance(step);
      const asked = [await scheduleDue(w), await scheduleDue(w)];
      expect(asked).toEqual([expect.any(Number), 0]);
      expect(asked[0]).toBeLessThanOrEqual(1);
      expect(w.queue.waiting.length).toBeLessThanOrEqual(1);
      if (w.queue.waiting.length > 0) await w.work();
    }
  });

  it('whatever steps it makes, the next turn is a time that comes: none is lost, none is long past', () => {
    const policy = buildPolicy({ spreadMs: hour });
    const born = Date.UTC(2026, 0, 1);
    const events: readonly ((at: number) => MirrorEvent)[] = [
      (at) => ({ type: 'requested', runId: 'r', cause: 'clock', at }),
      (at) => ({ type: 'claimed', lease: { owner: 'w', until: at + minute }, at }),
      (at) => ({ type: 'failed', at, fault: fault('upstream_unavailable') }),
      (at) => ({ type: 'doubted', at }),
      (at) => ({ type: 'rescheduled', at }),
      (at) => ({
        ...{ type: 'succeeded', at, counts: noCounts, listed: String(at), digest: null, upstreamDefaultBranch: null },
        ...{ held: null, proof: { behind: 0, diverged: [], divergedTotal: 0, inSyncAt: at } },
      }),
    ];
    const steps = fc.array(
      fc.record({ step: fc.constantFrom(-day, -hour, 1, minute, day), event: fc.nat(events.length - 1) }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(steps, fc.constantFrom(null, 'adaptive' as const, 10 * minute), (made, interval) => {
        let at = born;
        let [latest, earliest] = [born, born];
        let mirror = buildMirror({ options: { ...defaultOptions, interval }, nextUpdateAt: born });
        for (const { step, event } of made) {
          at += step;
          [latest, earliest] = [Math.max(latest, at), Math.min(earliest, at)];
          const next = events[event]?.(at);
          if (next !== undefined) mirror = transition(mirror, next, policy);
          if (mirror.pause !== null) mirror = transition(mirror, { type: 'resumed', at }, policy);
          expect(mirror.nextUpdateAt).toBeGreaterThanOrEqual(earliest);
          expect(mirror.nextUpdateAt).toBeLessThanOrEqual(latest + policy.maxIntervalMs + 2 * hour);
        }
      }),
    );
  });

  it("no line that decides about leases, schedules or time-outs reads the machine's calendar", () => {
    const root = resolve(__dirname, '../../../src');
    const decides =
      /^(domain|sync|fetch-child)\/|^git-http\/(?!response-head)|^adapters\/(upstream\/(?!ssh\/lfs-login)|cache|redis\/(?!redis-counters))/;
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && decides.test(file),
    );
    expect(files.length).toBeGreaterThan(150);
    const readers = files.filter((file) => /Date\.now\(|new Date\(\)/.test(readFileSync(join(root, file), 'utf8')));
    expect(readers).toEqual([]);
  });
});
