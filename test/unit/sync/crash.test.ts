import { claimRun, type Claim } from '../../../src/sync/claim';
import { keepLease } from '../../../src/sync/keep-lease';
import { recoverRuns } from '../../../src/sync/recover-runs';
import { syncMirror } from '../../../src/sync/sync-mirror';
import { MemoryLogger } from '../../fakes/memory-logger';
import { MemoryNotices } from '../../fakes/memory-notices';
import { hour, minute, ScriptedWorld } from '../../fakes/scripted-world';
import { buildMirror, buildRun } from '../../support/builders';
import { until } from '../../support/until';

const main = 'refs/heads/main';

class Killed extends Error {}

/** A world whose worker dies at `point`: nothing is written any more, and nobody cleans up. */
async function dieAt(point: 'fetching' | 'before push' | 'after push'): Promise<{ w: ScriptedWorld; id: string }> {
  const w = new ScriptedWorld();
  const c1 = w.history.commit('c1');
  w.upstreamRefs.set(main, w.history.commit('c2', c1)).set('refs/tags/v1', c1);
  const id = await w.enrol();
  const job = w.queue.take();
  const die = () => {
    w.store.down = true;
    throw new Killed();
  };
  const fetch = w.upstream.fetch;
  if (point === 'fetching') w.upstream.fetch = async () => die();
  if (point === 'before push') w.beforePush = die;
  if (point === 'after push') w.afterPush = die;
  if (job !== undefined) await syncMirror(w, job, new AbortController().signal);
  w.store.down = false;
  w.upstream.fetch = fetch;
  w.beforePush = w.afterPush = () => undefined;
  return { w, id };
}

describe('CRASH-01: after a worker died', () => {
  it.each(['fetching', 'before push', 'after push'] as const)(
    '%s, the next round ends where an unbroken run would have',
    async (point) => {
      const { w, id } = await dieAt(point);
      expect(await w.mirror(id)).toMatchObject({ status: 'started' });

      w.clock.advance(2 * minute);
      await recoverRuns(w);
      expect(await w.lastRun(id)).toMatchObject({ cause: 'recovery', status: 'queued' });
      await w.work();

      expect(w.forgeRefs).toEqual(w.upstreamRefs);
      expect(w.project.defaultBranch).toBe('main');
      expect(await w.mirror(id)).toMatchObject({ status: 'finished', failures: 0, defaultBranchSet: main });
      expect(await w.store.deliveredRefs(id)).toEqual(
        new Map([...w.upstreamRefs].map(([ref, oid]) => [ref, { oid, intended: null, created: true }])),
      );
    },
  );

  it('the run is marked failed, and nothing happens before its lease has ended', async () => {
    const { w, id } = await dieAt('fetching');
    const dead = await w.lastRun(id);
    await recoverRuns(w);
    expect(await w.store.run(dead.id)).toMatchObject({ status: 'running' });
    w.clock.advance(2 * minute);
    await recoverRuns(w);
    expect(await w.store.run(dead.id)).toMatchObject({ status: 'failed', error: { code: 'worker_lost' } });
  });

  it('again and again, the mirror is paused in the end', async () => {
    const { w, id } = await dieAt('fetching');
    for (let deaths = 1; deaths < 6; deaths += 1) {
      w.clock.advance(2 * minute);
      await recoverRuns(w);
      const job = w.queue.take();
      const list = w.upstream.list;
      w.upstream.list = async () => {
        w.store.down = true;
        throw new Killed();
      };
      if (job !== undefined) await syncMirror(w, job, new AbortController().signal);
      w.store.down = false;
      w.upstream.list = list;
    }
    w.clock.advance(2 * minute);
    await recoverRuns(w);
    expect(await w.mirror(id)).toMatchObject({ pause: { reason: 'failures' }, status: 'failed' });
    expect(w.queue.waiting).toEqual([]);
  });

  it('SCHED-01: a worker that wakes up late changes nothing', async () => {
    const w = new ScriptedWorld();
    w.upstreamRefs.set(main, w.history.commit('c1'));
    const id = await w.enrol();
    const list = w.upstream.list;
    w.upstream.list = async (access) => {
      // It slept here for longer than its lease, and another worker took over and finished.
      w.upstream.list = list;
      const listing = await list(access);
      w.clock.advance(2 * minute);
      await recoverRuns(w);
      await w.work();
      w.pushes.length = 0;
      return listing;
    };
    await w.work();
    expect(w.pushes).toEqual([]);
    expect(await w.mirror(id)).toMatchObject({ status: 'finished' });
  });
});

describe('NET-08: a database that is lost in the middle of a run', () => {
  const scene = async () => {
    const w = new ScriptedWorld();
    w.upstreamRefs.set(main, w.history.commit('c1'));
    return { w, id: await w.enrol(), fetch: w.upstream.fetch };
  };

  it('for good ends it before any push, and a later run delivers', async () => {
    const { w, id, fetch } = await scene();
    w.upstream.fetch = async (request) => {
      w.store.down = true;
      return fetch(request);
    };
    await w.work();
    expect([w.pushes, w.forgeRefs.size]).toEqual([[], 0]);
    w.store.down = false;
    w.upstream.fetch = fetch;
    w.clock.advance(2 * minute);
    await recoverRuns(w);
    await w.work();
    expect(w.forgeRefs).toEqual(w.upstreamRefs);
    expect(await w.mirror(id)).toMatchObject({ status: 'finished', failures: 0 });
  });

  it('for a moment is not noticed while the lease can still be proven', async () => {
    const { w, id, fetch } = await scene();
    w.upstream.fetch = async (request) => {
      w.store.down = true;
      const fetched = await fetch(request);
      w.store.down = false;
      return fetched;
    };
    await w.work();
    expect(w.forgeRefs).toEqual(w.upstreamRefs);
    expect(await w.mirror(id)).toMatchObject({ status: 'finished', failures: 0 });
  });

  it('until the lease has passed on pushes nothing any more, though it is back', async () => {
    const { w, id, fetch } = await scene();
    w.upstream.fetch = async (request) => {
      w.upstream.fetch = fetch;
      const fetched = await fetch(request);
      w.clock.advance(2 * minute);
      // Another process found the worker silent.
      await recoverRuns(w);
      return fetched;
    };
    await w.work();
    expect(w.pushes).toEqual([]);
    expect(await w.lastRun(id)).toMatchObject({ status: 'queued', cause: 'recovery' });
    await w.work();
    expect(w.forgeRefs).toEqual(w.upstreamRefs);
  });

  it('takes the right to push with it once it cannot be proven, before anybody else may have it', async () => {
    const renewals: string[] = [];
    const store = new ScriptedWorld().store;
    store.down = true;
    const claim = { mirror: buildMirror(), run: buildRun(), write: store.transaction, renew: () => store.ping() };
    const deps = { leaseMs: 200, notices: new MemoryNotices(), log: new MemoryLogger() };
    const started = performance.now();
    const { signal, stop } = keepLease(deps, claim as unknown as Claim, new AbortController().signal);
    signal.addEventListener('abort', () => renewals.push((signal.reason as { code: string }).code));
    await until(() => signal.aborted);
    stop();
    expect(renewals).toEqual(['store_unavailable']);
    // Not at the first try, and the clock is the monotonic one.
    expect(performance.now() - started).toBeGreaterThanOrEqual(100);
  });
});

describe('SCHED-02: after Redis lost everything', () => {
  it('the round puts waiting runs back into the queue', async () => {
    const w = new ScriptedWorld();
    w.upstreamRefs.set(main, w.history.commit('c1'));
    const id = await w.enrol();
    w.queue.lose();
    await recoverRuns(w);
    await w.work();
    expect(await w.mirror(id)).toMatchObject({ status: 'finished' });
  });
});

describe('a job that arrives twice', () => {
  it('is run once', async () => {
    const w = new ScriptedWorld();
    w.upstreamRefs.set(main, w.history.commit('c1'));
    await w.enrol();
    const job = w.queue.take();
    if (job === undefined) throw new Error('no job');
    const signal = new AbortController().signal;
    await Promise.all([syncMirror(w, job, signal), syncMirror(w, job, signal)]);
    await syncMirror(w, job, signal);
    expect(w.upstreamCalls.filter((call) => call === 'list')).toHaveLength(1);
  });
});

describe('a shutdown in the middle of a run', () => {
  it('CRASH-04: gives the run back without counting a failure', async () => {
    const w = new ScriptedWorld();
    w.upstreamRefs.set(main, w.history.commit('c1'));
    const id = await w.enrol();
    const shutdown = new AbortController();
    w.upstream.fetch = async (request) => {
      shutdown.abort();
      request.signal.throwIfAborted();
      return { receivedBytes: 0 };
    };
    const run = await w.lastRun(id);
    await w.work(shutdown.signal);
    expect(await w.mirror(id)).toMatchObject({ status: 'scheduled', failures: 0, activeRunId: run.id, lease: null });
    expect(await w.lastRun(id)).toMatchObject({ id: run.id, status: 'queued' });
    await recoverRuns(w);
    expect(w.queue.waiting).toEqual([{ runId: run.id, mirrorId: id }]);
  });
});

it('a run that is renewed for ever ends at the three hours', async () => {
  const w = new ScriptedWorld();
  w.upstreamRefs.set(main, w.history.commit('c1'));
  const id = await w.enrol();
  const job = w.queue.take();
  const claim = job === undefined ? null : await claimRun(w, job);
  w.clock.advance(3 * hour - 1);
  await claim?.renew();
  expect((await w.mirror(id)).lease?.until).toBe(w.clock.now() + 1);
  w.clock.advance(2);
  await expect(claim?.renew()).rejects.toMatchObject({ code: 'run_timeout' });
  await recoverRuns(w);
  expect(await w.lastRun(id)).toMatchObject({ cause: 'recovery' });
});
