import { admitRuns } from '../../../src/sync/admit-runs';
import { pauseMirror } from '../../../src/sync/pause-mirror';
import type { FetchRequest } from '../../../src/ports/upstream';
import { startWorker } from '../../../src/sync/worker';
import { until } from '../../support/until';
import { ScriptedWorld } from '../../fakes/scripted-world';

const main = 'refs/heads/main';
const hour = 3_600_000;

/** A first run in the middle of its fetch, which ends when it is told to stop, and takes its time for that. */
async function fetching() {
  const w = new ScriptedWorld();
  w.upstreamRefs.set(main, w.history.commit('c1'));
  const usual = w.upstream.fetch;
  let toldToStop: () => void = () => undefined;
  let ended: () => void = () => undefined;
  const told = new Promise<void>((resolve) => (toldToStop = resolve));
  const began = new Promise<void>((fetching) => {
    w.upstream.fetch = async ({ signal }: FetchRequest) => {
      w.upstream.fetch = usual;
      fetching();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      toldToStop();
      await new Promise<void>((resolve) => (ended = resolve));
      throw signal.reason;
    };
  });
  const id = await w.enrol();
  const working = w.work();
  await began;
  return { w, id, working, told, end: () => ended() };
}

describe('a run that is superseded in the middle of its fetch', () => {
  it('is told at once, and the next one begins only when it has let go of the cache', async () => {
    const { w, id, working, told, end } = await fetching();
    await w.enrol({ options: { tags: 'none' } });
    await told;
    await w.work();
    expect(await w.lastRun(id)).toMatchObject({ cause: 'settings', status: 'queued' });
    expect(w.upstreamCalls.filter((call) => call.startsWith('fetch'))).toEqual([]);

    end();
    await working;
    expect(await w.mirror(id)).toMatchObject({ lease: null, status: 'scheduled', failures: 0 });
    await admitRuns(w, 'upstream.example');
    await w.work();
    expect(await w.mirror(id)).toMatchObject({ status: 'finished', failures: 0, lease: null });
  });

  it('is told at once when somebody pauses the mirror', async () => {
    const { w, id, working, told, end } = await fetching();
    await pauseMirror(w, id, 'person', 'maintainer');
    await told;
    end();
    await working;
    expect(await w.mirror(id)).toMatchObject({ lease: null, pause: { by: 'maintainer' } });
    expect([w.log.messages('warn'), w.log.messages('error')]).toEqual([[], []]);
  });

  it('whose worker died with it holds the next one up no longer than its lease', async () => {
    const { w, id, working, end } = await fetching();
    await w.enrol({ options: { tags: 'none' } });
    await w.work();
    expect((await w.lastRun(id)).status).toBe('queued');
    w.clock.advance(w.leaseMs + 1);
    await admitRuns(w, 'upstream.example');
    await w.work();
    expect(await w.mirror(id)).toMatchObject({ status: 'finished' });
    end();
    await working;
  });

  it('wakes the next one also if it lets go while that one is being refused', async () => {
    const { w, id, working, end } = await fetching();
    const worker = startWorker({ ...w, concurrency: 1, reconcileMs: hour, roundMs: hour });
    try {
      await until(async () => (await w.mirror(id)).projectSeenAt !== null);
      await w.enrol({ options: { tags: 'none' } });
      const next = (await w.lastRun(id)).id;
      // What it lets go of is told in vain, as when the other's job has not left the queue.
      await until(() => w.queue.ensured.some(({ job }) => job.runId === next));
      await w.queue.idle();
      expect((await w.lastRun(id)).status).toBe('queued');
      end();
      await working;
      await until(async () => (await w.mirror(id)).status === 'finished');
    } finally {
      await worker.stop(0);
    }
  });
});
