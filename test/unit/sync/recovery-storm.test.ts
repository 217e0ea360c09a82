import { enrolMirror } from '../../../src/sync/enrol-mirror';
import { recoverRuns } from '../../../src/sync/recover-runs';
import { hour, minute, ScriptedWorld } from '../../fakes/scripted-world';

const crowd = 300;

/** Many mirrors of one host that were enrolled one after the other, and whose runs wait; answers their ids in that order. */
async function waitingCrowd(): Promise<{ w: ScriptedWorld; ids: string[] }> {
  const w = new ScriptedWorld();
  w.upstreamRefs.set('refs/heads/main', w.history.commit('c1'));
  const ids: string[] = [];
  for (let number = 0; number < crowd; number += 1) {
    const project = { ...w.project, id: 100 + number, name: `p${number}` };
    const { mirror } = await enrolMirror(w, project, { url: `https://busy.example/group/p${number}.git` });
    ids.push(mirror.id);
    w.clock.advance(1);
  }
  return { w, ids };
}

describe('SCHED-05: recovery while thousands wait', () => {
  it('takes no run that waits for one that is stuck, however long it waits', async () => {
    const { w, ids } = await waitingCrowd();
    for (let day = 0; day < 3; day += 1) {
      w.clock.advance(24 * hour);
      expect(await recoverRuns(w)).toBe(0);
    }
    const mirrors = await Promise.all(ids.map((id) => w.mirror(id)));
    expect(mirrors.filter(({ status, failures }) => status === 'scheduled' && failures === 0)).toHaveLength(crowd);
    expect(await w.store.runs(ids[0] ?? '', { page: 1, limit: 10 })).toMatchObject({ total: 1 });
    // Nor does looking again put more into the queue than may begin.
    expect(w.queue.waiting.map(({ mirrorId }) => mirrorId)).toEqual(ids.slice(0, w.policy.hostConcurrency));
  });

  it('puts a run whose worker died behind all that waited before it', async () => {
    const { w, ids } = await waitingCrowd();
    const [dead] = ids;
    const fetch = w.upstream.fetch;
    w.upstream.fetch = async () => {
      w.store.down = true;
      throw new Error('killed');
    };
    await w.work();
    w.store.down = false;
    w.upstream.fetch = fetch;
    w.clock.advance(2 * minute);
    expect(await recoverRuns(w)).toBe(1);
    // What a person asked for stays before what the recovery asks for, and the rest goes by age.
    const waiting = await w.store.waitingRuns('busy.example', { limit: crowd, withSlow: true });
    expect(waiting.map(({ mirrorId }) => mirrorId)).toEqual([...ids.slice(1), dead]);
    expect(waiting.at(-1)).toMatchObject({ cause: 'recovery' });
    expect(w.queue.waiting.some(({ mirrorId }) => mirrorId === dead)).toBe(false);
  });

  it('of many dead workers at once is one run each, and a second look adds none', async () => {
    const { w, ids } = await waitingCrowd();
    const fetch = w.upstream.fetch;
    w.upstream.fetch = async () => {
      w.store.down = true;
      throw new Error('killed');
    };
    for (let deaths = 0; deaths < 2; deaths += 1) {
      await w.work();
      w.store.down = false;
    }
    w.upstream.fetch = fetch;
    w.clock.advance(2 * minute);
    expect([await recoverRuns(w), await recoverRuns(w)]).toEqual([2, 0]);
    for (const id of ids.slice(0, 2)) expect((await w.store.runs(id, { page: 1, limit: 10 })).total).toBe(2);
  });
});
