import { fault, HeadwaterError } from '../../../src/domain/errors';
import { enrolMirror } from '../../../src/sync/enrol-mirror';
import { syncStateOf } from '../../../src/domain/sync-state';
import type { MirrorSettings } from '../../../src/sync/mirror-settings';
import { ScriptedWorld } from '../../fakes/scripted-world';

const main = 'refs/heads/main';
const dev = 'refs/heads/dev';
const old = 'refs/heads/old';

/** A history of three commits and one beside it; the upstream has three branches. */
function world() {
  const w = new ScriptedWorld();
  const c1 = w.history.commit('c1');
  const c2 = w.history.commit('c2', c1);
  const c3 = w.history.commit('c3', c2);
  const rewritten = w.history.commit('rewritten', c1);
  const foreign = w.history.commit('foreign');
  w.upstreamRefs.set(main, c2).set(dev, c1).set(old, c1);
  return { w, c1, c2, c3, rewritten, foreign };
}

/** A second service with a database, a cache and an upstream of its own, at the same project of the same forge. */
function besides(w: ScriptedWorld): ScriptedWorld {
  return Object.assign(new ScriptedWorld(), { forgeRefs: w.forgeRefs, history: w.history, project: w.project });
}

const follow: MirrorSettings = { options: { deletions: 'follow' } };

describe('DATA-06: the default branch of the project', () => {
  it('that the upstream deleted stays, is told, and all else goes on; it goes once another one is chosen', async () => {
    const { w, c3 } = world();
    const id = await w.imported({ options: { deletions: 'follow', followDefaultBranch: false } });
    w.project = { ...w.project, defaultBranch: 'dev' };
    w.upstreamRefs.delete(dev);
    w.upstreamRefs.delete(old);
    w.upstreamRefs.set(main, c3);
    await w.updateNow(id);
    expect(await w.mirror(id)).toMatchObject({ status: 'finished', lastError: null });
    expect(await w.outcomes(id)).toContainEqual([dev, 'rejected', 'default_branch_kept']);
    expect([...w.forgeRefs]).toEqual(expect.arrayContaining([[main, c3]]));
    expect([...w.forgeRefs.keys()].sort()).toEqual([dev, main]);
    // Nothing is sent to the forge that it would refuse.
    expect(w.pushes.flat().filter((ref) => ref === dev)).toHaveLength(1);

    w.project = { ...w.project, defaultBranch: 'main' };
    await w.updateNow(id);
    expect([...w.forgeRefs.keys()]).toEqual([main]);
  });

  it('that became it only after the forge was read is refused by the forge alone, with its words', async () => {
    const { w } = world();
    const id = await w.imported(follow);
    const why = 'refusing to delete the current branch';
    w.refusals.set(dev, fault('ref_refused', { ref: dev, why }));
    w.upstreamRefs.delete(dev);
    w.upstreamRefs.delete(old);
    await w.updateNow(id);
    expect(await w.outcomes(id)).toEqual(
      expect.arrayContaining([
        [dev, 'rejected', 'ref_refused'],
        [old, 'deleted', 'deleted_upstream'],
      ]),
    );
    expect([...w.forgeRefs.keys()].sort()).toEqual([dev, main]);
    expect(await w.mirror(id)).toMatchObject({ status: 'finished' });
    w.refusals.clear();
    await w.updateNow(id);
    expect([...w.forgeRefs.keys()]).toEqual([main]);
  });
});

describe('DATA-07: two services at one project', () => {
  it('that follow the same upstream get along, and come to rest', async () => {
    const { w, c3 } = world();
    const first = await w.imported(follow);
    const w2 = besides(w);
    for (const [ref, oid] of w.upstreamRefs) w2.upstreamRefs.set(ref, oid);
    const second = await w2.imported(follow);
    expect(w2.pushes).toEqual([]);

    for (const one of [w, w2]) {
      one.upstreamRefs.set(main, c3);
      one.upstreamRefs.delete(old);
    }
    // What the second one has not created it does not delete, though its upstream lost it.
    await w2.updateNow(second);
    expect(w.forgeRefs.get(main)).toBe(c3);
    expect(w.forgeRefs.has(old)).toBe(true);
    await w.updateNow(first);
    expect(w.forgeRefs).toEqual(w.upstreamRefs);
    const pushes = w.pushes.length + w2.pushes.length;
    for (let round = 0; round < 2; round += 1) {
      await w.updateNow(first);
      await w2.updateNow(second);
    }
    expect(w.pushes.length + w2.pushes.length).toBe(pushes);
    expect([syncStateOf(await w.mirror(first)), syncStateOf(await w2.mirror(second))]).toEqual(['in_sync', 'in_sync']);
  });

  it("that follow different upstreams leave each other's work alone, and say so", async () => {
    const { w, c2, foreign } = world();
    const first = await w.imported(follow);
    const w2 = besides(w);
    w2.upstreamRefs.set(main, foreign).set('refs/heads/theirs', foreign);
    const second = await w2.imported(follow);
    expect(await w2.outcomes(second)).toContainEqual([main, 'diverged', 'moved_in_forge']);
    for (let round = 0; round < 2; round += 1) {
      await w.updateNow(first);
      await w2.updateNow(second);
    }
    expect(w.forgeRefs).toEqual(new Map([...w.upstreamRefs, ['refs/heads/theirs', foreign]]));
    expect(w.forgeRefs.get(main)).toBe(c2);
    expect(syncStateOf(await w2.mirror(second))).toBe('diverged');
  });

  it('have the second one held before it overwrites what the first one brought', async () => {
    const { w, c2, foreign } = world();
    await w.imported();
    const w2 = besides(w);
    w2.upstreamRefs.set(main, foreign);
    const second = await w2.imported({ options: { divergence: 'overwrite', deletions: 'follow' } });
    await w2.updateNow(second);
    expect(w.forgeRefs.get(main)).toBe(c2);
    expect(w.forgeRefs.size).toBe(3);
    expect((await w2.mirror(second)).held?.reasons).toMatchObject([{ code: 'held_first_overwrite' }]);
  });
});

describe('DATA-07: after a restored backup of the database', () => {
  /** The upstream went on, the forge with it, and then the database is as it was before that. */
  async function restored() {
    const made = world();
    const { w, c3 } = made;
    const id = await w.imported(follow);
    const [mirror, delivered] = [await w.mirror(id), await w.store.deliveredRefs(id)];
    w.upstreamRefs.set(main, c3).set(dev, c3);
    await w.updateNow(id);
    await w.store.transaction(async (tx) => {
      await tx.saveMirror(mirror);
      await tx.putDeliveredRefs(id, delivered);
    });
    expect(w.cacheTips).toContain(c3);
    return { ...made, id };
  }

  it('nothing is pushed while the forge has what the upstream has, and the records are right again', async () => {
    const { w, id } = await restored();
    const pushes = w.pushes.length;
    await w.updateNow(id);
    expect(w.pushes).toHaveLength(pushes);
    expect(syncStateOf(await w.mirror(id))).toBe('in_sync');
  });

  it('what is only newer in the forge is taken for local work: neither overwritten nor deleted', async () => {
    const { w, id, c3, rewritten } = await restored();
    w.upstreamRefs.set(main, rewritten);
    w.upstreamRefs.delete(dev);
    await w.updateNow(id);
    expect(w.forgeRefs.get(main)).toBe(c3);
    expect(w.forgeRefs.get(dev)).toBe(c3);
    expect(await w.outcomes(id)).toContainEqual([main, 'diverged', 'moved_in_forge']);
  });

  it('what goes forward goes on as before', async () => {
    const { w, id, c3 } = await restored();
    const c4 = w.history.commit('c4', c3);
    w.upstreamRefs.set(main, c4);
    await w.updateNow(id);
    expect(w.forgeRefs.get(main)).toBe(c4);
    expect(await w.mirror(id)).toMatchObject({ status: 'finished', held: null });
  });
});

describe('HOST-08: an upstream whose data are corrupt', () => {
  it('moves no ref of the project, and leaves nothing behind that a later run would trust', async () => {
    const { w, c2, c3 } = world();
    const id = await w.imported();
    const pushes = w.pushes.length;
    const fetch = w.upstream.fetch;
    w.upstream.fetch = async () => {
      throw new HeadwaterError('upstream_corrupt', { why: 'a checksum is wrong' });
    };
    w.upstreamRefs.set(main, c3);
    await w.updateNow(id);
    expect(await w.mirror(id)).toMatchObject({ status: 'failed', lastError: { code: 'upstream_corrupt' } });
    expect(w.forgeRefs.get(main)).toBe(c2);
    expect(w.pushes).toHaveLength(pushes);
    expect(w.cacheTips.has(c3)).toBe(false);
    w.upstream.fetch = fetch;
    await w.updateNow(id);
    expect(w.forgeRefs.get(main)).toBe(c3);
  });
});

describe('DATA-10: one project', () => {
  it('has one mirror, however many try to attach one at once: the last upstream counts, and only that', async () => {
    const { w } = world();
    const urls = ['a', 'b', 'c'].map((name) => `https://upstream.example/${name}.git`);
    const made = await Promise.all(urls.map((url) => enrolMirror(w, w.project, { url })));
    expect(new Set(made.map(({ mirror }) => mirror.id)).size).toBe(1);
    expect(made.filter(({ created }) => created)).toHaveLength(1);
    expect((await w.store.mirrors({ page: 1, limit: 10 })).total).toBe(1);
    expect(urls).toContain((await w.mirror(made[0]?.mirror.id ?? '')).url);
  });
});
