import { fault } from '../../../src/domain/errors';
import type { FixedClock } from '../../fakes/fixed-clock';
import { panelBench } from '../../support/panel-bench';

const minute = 60_000;
const lastSeen = Date.UTC(2026, 0, 1, 12, 0);

describe('while the forge does not answer, the state and its times are of the clock', () => {
  const realNow = Date.now;
  afterEach(() => {
    Date.now = realNow;
  });

  /** The forge answered at 12:00 and is down at 12:20. */
  async function down(changes: Parameters<ReturnType<typeof panelBench>['put']>[0], path = '') {
    const bench = panelBench();
    (bench.store.clock as FixedClock).set(lastSeen + 20 * minute);
    await bench.put({ lastStartedAt: lastSeen - 3 * minute, lastFinishedAt: lastSeen - 3 * minute, ...changes });
    Date.now = () => lastSeen;
    await bench.get(path).expect(200);
    Date.now = () => lastSeen + 20 * minute;
    bench.forge.down = true;
    return (await bench.get(path).expect(200)).text;
  }

  it.each(['', '/status'])(
    'on the page "%s": the same time in the banner and at the badge, and no "ago"',
    async (path) => {
      const text = await down({ lastSuccessAt: lastSeen - 3 * minute }, path);
      expect(text).toMatch(/You see the state of <time[^>]*>12:00 UTC<\/time>/);
      expect(text).toMatch(/hw-badge[^>]*>.*? at <time[^>]*>12:00 UTC<\/time>/);
      expect(text).toMatch(/Last attempt<\/dt><dd><time[^>]*data-hw-time="clock">11:57 UTC</);
      expect(text).not.toMatch(/ ago<|just now/);
      expect(text).not.toContain('data-hw-time="moment"');
    },
  );

  it('a run that ended after that moves the time on', async () => {
    const failedAt = lastSeen + 5 * minute;
    const lastError = fault('upstream_not_found', { host: 'upstream.example' });
    const text = await down({ status: 'failed', lastError, lastStartedAt: failedAt, lastFinishedAt: failedAt });
    expect(text).toMatch(/You see the state of <time[^>]*>12:05 UTC<\/time>/);
    expect(text).toMatch(/Failed at <time[^>]*>12:05 UTC<\/time>/);
  });

  it('a paused mirror has no next run, whenever the forge is back', async () => {
    const text = await down({ nextUpdateAt: null, pause: { reason: 'person', by: 'mona', at: lastSeen - 9 * minute } });
    expect(text).toMatch(/Paused by mona, <time[^>]*data-hw-time="clock">11:51 UTC</);
    expect(text).toContain('none while paused');
  });
});
