import { fault, HeadwaterError } from '../../../src/domain/errors';
import { mayTryAgain } from '../../../src/domain/forge-outage';
import type { ForgeProject } from '../../../src/ports/forge';
import { enrolMirror } from '../../../src/sync/enrol-mirror';
import { runThoseThatWaited } from '../../../src/sync/forge-outage';
import { reconcileProjects } from '../../../src/sync/reconcile-project';
import { requestSync } from '../../../src/sync/request-sync';
import { startWorker, type Worker } from '../../../src/sync/worker';
import { hour, minute, ScriptedWorld } from '../../fakes/scripted-world';
import { buildRun } from '../../support/builders';
import { until } from '../../support/until';

const main = 'refs/heads/main';
const refused = new HeadwaterError('forge_unreachable', { why: 'connection refused' });

/** A world whose forge goes away and comes back as a whole. */
class Outage extends ScriptedWorld {
  #projects = 100;
  #commits = 0;

  constructor() {
    super();
    this.upstreamRefs.set(main, this.history.commit('c0'));
    this.forge.account = async () => {
      if (this.forgeFault !== null) throw this.forgeFault;
      return 'headwater';
    };
  }

  goDown(why: HeadwaterError = refused): void {
    this.forgeFault = why;
  }

  comeBack(): void {
    this.forgeFault = null;
  }

  news(): void {
    const tip = this.upstreamRefs.get(main) ?? null;
    this.upstreamRefs.set(main, this.history.commit(`news-${(this.#commits += 1)}`, tip));
  }

  /** As many mirrors, of as many upstream hosts, each of which has failed because the forge was away. */
  async failed(count: number): Promise<string[]> {
    const ids: string[] = [];
    this.goDown();
    for (let number = 0; number < count; number += 1) {
      const id = (this.#projects += 1);
      const project: ForgeProject = { ...this.project, id, name: `p${id}` };
      const { mirror } = await enrolMirror(this, project, { url: `https://host${id}.example/p.git` });
      await this.work();
      ids.push(mirror.id);
      this.clock.advance(1);
    }
    return ids;
  }
}

describe('a forge that is down as a whole', () => {
  it('is nobody’s failure: nothing counts, nothing is paused, however long it takes', async () => {
    const w = new Outage();
    const id = await w.imported();
    w.goDown();
    for (let tries = 0; tries < 20; tries += 1) {
      w.news();
      await w.updateNow(id);
      w.clock.advance(hour);
    }
    expect(await w.mirror(id)).toMatchObject({
      failures: 0,
      pause: null,
      lastError: { code: 'forge_unreachable' },
    });
  });

  it.each([
    ['a proxy’s error', new HeadwaterError('forge_failed', { status: 502, doing: 'looking up the project' })],
    ['a push that breaks off', new HeadwaterError('forge_push_failed', { why: 'the connection broke off' })],
  ])('is told from %s by looking at the forge itself', async (_, error) => {
    const w = new Outage();
    const id = await w.imported();
    w.news();
    w.goDown(error);
    await w.updateNow(id);
    expect(await w.mirror(id)).toMatchObject({ failures: 0, lastError: { code: 'forge_unreachable' } });
    // The forge answers otherwise: it is the project's own trouble, and counts.
    w.forge.account = async () => 'headwater';
    await w.updateNow(id);
    expect(await w.mirror(id)).toMatchObject({ failures: 1, lastError: { code: error.code } });
  });

  it('has those run at once that waited for it, and no others', async () => {
    const w = new Outage();
    const ids = await w.failed(3);
    w.comeBack();
    w.upstreamFault = new HeadwaterError('upstream_not_found', { host: 'x' });
    const other = await w.enrol();
    await w.work();
    w.upstreamFault = null;
    expect(await runThoseThatWaited(w)).toBe(3);
    for (let left = 3; left > 0; left -= 1) await w.work();
    for (const id of ids) expect(await w.mirror(id)).toMatchObject({ status: 'finished', lastError: null });
    expect((await w.mirror(other)).lastError?.code).toBe('upstream_not_found');
    expect(await runThoseThatWaited(w)).toBe(0);
  });

  it('has those run, too, that it did not let in, as while its token was an old one', async () => {
    const w = new Outage();
    const [id = ''] = await w.failed(1);
    w.goDown(new HeadwaterError('forge_token_refused'));
    await requestSync(w, id, 'manual');
    await w.work();
    expect((await w.mirror(id)).lastError?.code).toBe('forge_token_refused');
    w.comeBack();
    expect(await runThoseThatWaited(w)).toBe(1);
  });

  it('is not stormed when it is back: two hundred are asked for in a round, the longest waiting first', async () => {
    const w = new Outage();
    const ids = await w.failed(250);
    w.comeBack();
    expect(await runThoseThatWaited(w)).toBe(200);
    expect(w.queue.waiting.map(({ mirrorId }) => mirrorId).sort()).toEqual(ids.slice(0, 200).sort());
    expect(await runThoseThatWaited(w)).toBe(50);
  });

  it('that answers when asked and fails under work is left alone after three tries, until the pass', async () => {
    const w = new Outage();
    const [id = ''] = await w.failed(1);
    const tried = async () => {
      const count = await runThoseThatWaited(w);
      if (count > 0) await w.work();
      w.clock.advance(minute);
      return count;
    };
    expect([await tried(), await tried(), await tried(), await tried(), await tried()]).toEqual([1, 1, 1, 0, 0]);
    expect((await w.mirror(id)).nextUpdateAt).not.toBeNull();
    w.clock.advance(hour);
    expect(await tried()).toBe(1);
  });

  it('paused and switched-off mirrors stay so', async () => {
    const w = new Outage();
    const [paused = '', off = ''] = await w.failed(2);
    await w.store.transaction(async (tx) => {
      const pause = { reason: 'person', by: 'ann', at: 1 } as const;
      for (const [id, change] of [
        [paused, { pause }],
        [off, { enabled: false }],
      ] as const) {
        const mirror = await tx.lockMirror(id);
        if (mirror !== null) await tx.saveMirror({ ...mirror, ...change });
      }
    });
    w.comeBack();
    expect(await runThoseThatWaited(w)).toBe(0);
  });
});

describe('the round', () => {
  const deps = (w: Outage) => ({
    ...w,
    cache: { ...w.cache, sweep: async () => undefined },
    ...{ concurrency: 4, reconcileMs: hour, roundMs: 10 },
  });
  const workers: Worker[] = [];
  const start = (w: Outage) => workers.push(startWorker(deps(w)));
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop(1_000))));

  it('asks for nothing while the forge is down, says so once, and goes on by itself when it is back', async () => {
    const w = new Outage();
    const waiting = await w.failed(2);
    const due = await w.enrol();
    w.comeBack();
    await w.work();
    w.clock.advance(7 * hour);
    w.news();
    w.goDown();
    const calls = w.upstreamCalls.length;
    start(w);
    const said = (text: string) => w.log.lines.filter(({ message }) => message.includes(text)).length;
    await until(() => said('the forge is down') > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(w.upstreamCalls).toHaveLength(calls);
    expect(said('the forge is down')).toBe(1);

    w.comeBack();
    await until(async () => {
      const all = await Promise.all([...waiting, due].map((id) => w.mirror(id)));
      return all.every(({ status, lastError }) => status === 'finished' && lastError === null);
    });
    expect(said('answers again')).toBe(1);
  });

  it('goes on for all others when the forge cannot show one project, whose turn comes again', async () => {
    const w = new Outage();
    const id = await w.imported();
    const broken = { ...w.project, id: 99, name: 'broken' };
    const { mirror } = await enrolMirror(w, broken, { url: 'https://other.example/p.git' });
    await w.work();
    w.clock.advance(7 * hour);
    const asked: number[] = [];
    const shown = w.project;
    Object.assign(w.forge, {
      project: async (repoId: number) => {
        asked.push(repoId);
        if (repoId === 99) throw new HeadwaterError('forge_failed', { status: 500, doing: 'looking up the project' });
        return shown;
      },
    });
    expect(await reconcileProjects(deps(w), hour)).toBe(2);
    expect(asked.sort()).toEqual([shown.id, 99]);
    expect(await reconcileProjects(deps(w), hour)).toBe(0);
    const before = (await w.mirror(id)).lastStartedAt;
    start(w);
    await until(async () => (await w.mirror(id)).lastStartedAt !== before);
    w.clock.advance(2 * hour);
    await reconcileProjects(deps(w), hour);
    expect(asked.filter((repoId) => repoId === mirror.repoId)).toHaveLength(2);
  });
});

describe('how often a mirror is tried again out of turn', () => {
  const met = (minutesAgo: number, code: 'forge_unreachable' | 'upstream_not_found' = 'forge_unreachable') =>
    buildRun({ status: 'failed', finishedAt: -minutesAgo * minute, error: fault(code) });

  it('counts what the forge did to it since its last pass, in a row', () => {
    expect(mayTryAgain([met(1), met(2), met(3)], 0, hour)).toBe(true);
    expect(mayTryAgain([met(1), met(2), met(3), met(4)], 0, hour)).toBe(false);
    expect(mayTryAgain([met(1), met(2), met(3), met(70)], 0, hour)).toBe(true);
    expect(mayTryAgain([met(1), met(2), met(3, 'upstream_not_found'), met(4)], 0, hour)).toBe(true);
  });
});
