import { once } from 'node:events';
import { HeadwaterError } from '../../../src/domain/errors';
import { isSlow } from '../../../src/domain/host-budget';
import type { ForgeProject } from '../../../src/ports/forge';
import type { RunJob } from '../../../src/ports/run-queue';
import { enrolMirror } from '../../../src/sync/enrol-mirror';
import { claimRun } from '../../../src/sync/claim';
import { recoverRuns } from '../../../src/sync/recover-runs';
import { requestSync } from '../../../src/sync/request-sync';
import { scheduleDue } from '../../../src/sync/schedule-due';
import { syncMirror } from '../../../src/sync/sync-mirror';
import { createHostTimers } from '../../../src/sync/host-timers';
import { startWorker } from '../../../src/sync/worker';
import { until } from '../../support/until';
import { hour, minute, ScriptedWorld } from '../../fakes/scripted-world';

const main = 'refs/heads/main';
const busy = 'busy.example';
const forever = new AbortController().signal;

/** One world, many mirrors: all of them follow what plays the upstream, under whatever address. */
class Crowd {
  readonly w = new ScriptedWorld();
  #projects = 100;

  constructor() {
    this.w.upstreamRefs.set(main, this.w.history.commit('c1'));
  }

  async enrol(host: string, count = 1): Promise<string[]> {
    const ids: string[] = [];
    for (let number = 0; number < count; number += 1) {
      const id = (this.#projects += 1);
      const project: ForgeProject = { ...this.w.project, id, name: `p${id}` };
      const { mirror } = await enrolMirror(this.w, project, { url: `https://${host}/group/p${id}.git` });
      ids.push(mirror.id);
      this.w.clock.advance(1);
    }
    return ids;
  }

  take(): RunJob[] {
    const jobs: RunJob[] = [];
    for (let job = this.w.queue.take(); job !== undefined; job = this.w.queue.take()) jobs.push(job);
    return jobs;
  }

  async blockedUntil(host: string): Promise<number | null> {
    return (await this.w.store.hostLoad(host)).blockedUntil;
  }
}

const finished = async (w: ScriptedWorld, id: string) => (await w.mirror(id)).status === 'finished';

describe('SCHED-04: a host with a crowd of mirrors', () => {
  it('has only as many runs in the queue as may begin, so that others come at once', async () => {
    const c = new Crowd();
    await c.enrol(busy, 200);
    const [other] = await c.enrol('other.example');
    expect(c.w.queue.waiting).toHaveLength(3);
    expect(c.w.queue.waiting.at(-1)?.mirrorId).toBe(other);
  });

  it('gets its next run as soon as one ends, and never more than its number at a time', async () => {
    const c = new Crowd();
    const ids = await c.enrol(busy, 12);
    let now = 0;
    let most = 0;
    const list = c.w.upstream.list;
    c.w.upstream.list = async (access) => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
      now -= 1;
      return list(access);
    };
    // Two workers with six slots each, on one database.
    const workers = [1, 2].map(() => startWorker({ ...c.w, concurrency: 6, reconcileMs: hour, roundMs: hour }));
    await until(async () => (await Promise.all(ids.map((id) => finished(c.w, id)))).every(Boolean));
    for (const worker of workers) await worker.stop(0);
    expect(most).toBe(2);
  });

  it('lets a person go before its crowd', async () => {
    const c = new Crowd();
    const [first = '', ...others] = await c.enrol(busy, 10);
    for (const job of c.take()) await syncMirror(c.w, job, forever);
    while ((await c.w.store.waitingHosts()).length > 0) {
      await recoverRuns(c.w);
      for (const job of c.take()) await syncMirror(c.w, job, forever);
    }
    c.w.clock.advance(7 * hour);
    expect(await scheduleDue(c.w)).toBe(10);
    const waiting = c.w.queue.waiting.map(({ mirrorId }) => mirrorId);
    const person = others.find((id) => !waiting.includes(id)) ?? '';
    for (const job of c.take()) await claimRun(c.w, job);
    // It was asked for by the clock; the person's click does not make a second run.
    await requestSync(c.w, person, 'manual');
    const created = await c.enrol(busy);
    expect(c.take()).toEqual([]);
    expect((await c.w.store.waitingRuns(busy, { limit: 1, withSlow: true }))[0]?.mirrorId).toBe(created[0]);
    expect(first).not.toBe('');
  });

  it('is counted over all workers: a run that was admitted too many waits in the database, not in a slot', async () => {
    const c = new Crowd();
    await c.enrol(busy, 3);
    const [one, two] = c.take();
    const third = (await c.w.store.waitingRuns(busy, { limit: 3, withSlow: true }))[2];
    if (one === undefined || two === undefined || third === undefined) throw new Error('not enough runs');
    expect(await claimRun(c.w, one)).not.toBeNull();
    expect(await claimRun(c.w, two)).not.toBeNull();
    expect(await claimRun(c.w, { runId: third.id, mirrorId: third.mirrorId })).toBeNull();
    expect(await c.w.mirror(third.mirrorId)).toMatchObject({ status: 'scheduled', activeRunId: third.id });
    expect(await c.w.store.run(third.id)).toMatchObject({ status: 'queued' });
  });
});

describe('NET-03: a host that asks to be left alone', () => {
  const rateLimit = (retryAfterMs?: number) =>
    new HeadwaterError('upstream_rate_limited', { host: busy }, retryAfterMs === undefined ? {} : { retryAfterMs });

  /** Ten mirrors of the host, imported; then one run meets the limit, and everybody is due. */
  async function limited(fault: HeadwaterError) {
    const c = new Crowd();
    const ids = await c.enrol(busy, 10);
    const [other = ''] = await c.enrol('other.example');
    while ((await c.w.store.waitingHosts()).length > 0) {
      await recoverRuns(c.w);
      for (const job of c.take()) await syncMirror(c.w, job, forever);
    }
    c.w.clock.advance(hour);
    await requestSync(c.w, ids[0] ?? '', 'manual');
    c.w.upstreamFault = fault;
    for (const job of c.take()) await syncMirror(c.w, job, forever);
    c.w.upstreamFault = null;
    return { c, ids, other };
  }

  it('is left alone by all of its mirrors until then, and nobody else waits for it', async () => {
    const { c, ids, other } = await limited(rateLimit(8 * hour));
    expect(await c.blockedUntil(busy)).toBe(c.w.clock.now() + 8 * hour);
    c.w.clock.advance(7 * hour);
    expect(await scheduleDue(c.w)).toBe(1);
    expect(c.take().map(({ mirrorId }) => mirrorId)).toEqual([other]);
    c.w.clock.advance(hour);
    expect(await scheduleDue(c.w)).toBe(10);
    expect(c.w.queue.waiting).toHaveLength(2);
    expect(await c.w.mirror(ids[0] ?? '')).toMatchObject({ failures: 0, pause: null });
  });

  it('keeps a run that a person asks for waiting, outside of the queue', async () => {
    const { c, ids } = await limited(rateLimit(30 * minute));
    const { run, warning } = await requestSync(c.w, ids[1] ?? '', 'manual');
    expect([run.status, warning]).toEqual(['queued', null]);
    expect(c.w.queue.waiting).toEqual([]);
    c.w.clock.advance(30 * minute);
    await recoverRuns(c.w);
    expect(c.w.queue.waiting).toEqual([{ runId: run.id, mirrorId: ids[1] }]);
  });

  it('is asked again as soon as it may be, without waiting for the next round', async () => {
    const { c, ids } = await limited(rateLimit(30 * minute));
    const { run } = await requestSync(c.w, ids[1] ?? '', 'manual');
    const timers = createHostTimers(c.w);
    await timers.set(minute);
    c.w.clock.advance(30 * minute - 40);
    await timers.set(minute);
    expect(c.w.queue.waiting).toEqual([]);
    c.w.clock.advance(40);
    await until(() => c.w.queue.waiting.length > 0);
    expect(c.w.queue.waiting).toEqual([{ runId: run.id, mirrorId: ids[1] }]);
    await timers.close();
  });

  it('turns back what was in the queue already', async () => {
    const { c, ids } = await limited(new HeadwaterError('upstream_not_found', { host: busy }));
    await requestSync(c.w, ids[1] ?? '', 'manual');
    await requestSync(c.w, ids[2] ?? '', 'manual');
    const [one, two] = c.take();
    c.w.upstreamFault = rateLimit(minute);
    if (one !== undefined) await syncMirror(c.w, one, forever);
    const calls = c.w.upstreamCalls.length;
    if (two !== undefined) await syncMirror(c.w, two, forever);
    expect(c.w.upstreamCalls).toHaveLength(calls);
    expect(await c.w.mirror(two?.mirrorId ?? '')).toMatchObject({ status: 'scheduled' });
  });

  it('is believed for five minutes when it does not say how long', async () => {
    const { c } = await limited(rateLimit());
    expect(await c.blockedUntil(busy)).toBe(c.w.clock.now() + 5 * minute);
  });

  it('is left alone also when it is down for maintenance and says so, but not for being down', async () => {
    const unavailable = (retryAfterMs?: number) =>
      new HeadwaterError(
        'upstream_unavailable',
        { host: busy, status: 503 },
        retryAfterMs === undefined ? {} : { retryAfterMs },
      );
    const announced = await limited(unavailable(hour));
    expect(await announced.c.blockedUntil(busy)).toBe(announced.c.w.clock.now() + hour);
    const down = await limited(unavailable());
    expect(await down.c.blockedUntil(busy)).toBeNull();
  });

  it('cannot be spoken for by an LFS server elsewhere', async () => {
    const c = new Crowd();
    const [id = ''] = await c.enrol(busy);
    c.w.lfs.copy.copy = () => Promise.reject(rateLimit(hour));
    c.w.lfs.pointers.find = () => Promise.reject(rateLimit(hour));
    for (const job of c.take()) await syncMirror(c.w, job, forever);
    expect(await c.w.mirror(id)).toMatchObject({ lastStartedAt: c.w.clock.now() });
    expect(await c.blockedUntil(busy)).toBeNull();
  });
});

describe('SCHED-06: poison mirrors', () => {
  it('that hold a worker for long get only their part of the slots, good ones all others', async () => {
    const c = new Crowd();
    const bad: string[] = [];
    for (let number = 0; number < 8; number += 1) bad.push(...(await c.enrol(`bad${number}.example`)));
    c.w.upstreamFault = new HeadwaterError('upstream_timeout', { seconds: 7200 });
    for (const job of c.take()) await syncMirror(c.w, job, forever);
    c.w.upstreamFault = null;
    const good = await c.enrol('good.example', 2);
    for (const job of c.take()) await syncMirror(c.w, job, forever);

    // From now on the bad ones hang until they are let go.
    const end = new AbortController();
    let hanging = 0;
    let mostHanging = 0;
    const list = c.w.upstream.list;
    c.w.upstream.list = async (access) => {
      if (!access.url.host.startsWith('bad')) return list(access);
      mostHanging = Math.max(mostHanging, (hanging += 1));
      if (!end.signal.aborted) await once(end.signal, 'abort');
      hanging -= 1;
      throw new HeadwaterError('upstream_timeout', { seconds: 7200 });
    };
    c.w.clock.advance(7 * hour);
    const deps = { ...c.w, concurrency: 4, reconcileMs: hour, roundMs: hour };
    const worker = startWorker(deps);
    await until(() => hanging === 1);
    await until(async () => (await Promise.all(good.map((id) => finished(c.w, id)))).every(Boolean));
    for (const id of good) expect((await c.w.mirror(id)).lastSuccessAt).toBe(c.w.clock.now());
    expect(mostHanging).toBe(1);
    const stopping = worker.stop(0);
    end.abort();
    await stopping;
    expect(bad).toHaveLength(8);
  });

  it('are no longer slow once they have worked, or somebody has changed something', async () => {
    const c = new Crowd();
    const [id = ''] = await c.enrol('bad.example');
    c.w.upstreamFault = new HeadwaterError('upstream_timeout', { seconds: 7200 });
    for (const job of c.take()) await syncMirror(c.w, job, forever);
    expect(isSlow(await c.w.mirror(id))).toBe(true);
    await requestSync(c.w, id, 'manual');
    expect(isSlow(await c.w.mirror(id))).toBe(false);
  });
});
