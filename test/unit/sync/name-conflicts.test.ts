import { conflictingRef, foldersOf, type RefName } from '../../../src/domain/git-ref';
import { ScriptedWorld } from '../../fakes/scripted-world';

const main = 'refs/heads/main';
const heads = (...names: string[]): RefName[] => names.map((name) => `refs/heads/${name}`);

/** A world whose forge keeps names as git does: none beside a name that is its folder. */
function world() {
  const w = new ScriptedWorld();
  const tip = w.history.commit('c1');
  w.upstreamRefs.set(main, tip);
  w.beforePush = ({ updates }) => {
    const there = [...w.forgeRefs.keys()];
    const wanted = updates.filter((update) => update.newOid !== null).map((update) => update.ref);
    for (const ref of wanted) {
      const names = new Set([...there, ...wanted].filter((name) => name !== ref));
      const other = conflictingRef(ref, names, foldersOf(names));
      if (other !== undefined) throw new Error(`git keeps no ${ref} beside ${other}`);
    }
  };
  const show = (refs: readonly RefName[]) => {
    for (const ref of w.upstreamRefs.keys()) if (ref !== main) w.upstreamRefs.delete(ref);
    for (const ref of refs) w.upstreamRefs.set(ref, tip);
  };
  return { w, tip, show };
}

const shapes: readonly (readonly [string, RefName[], RefName[]])[] = [
  ['a name that becomes a folder', heads('a'), heads('a/b')],
  ['several levels at once', heads('x'), heads('x/y/z/w')],
  ['a folder of many that becomes a name', heads('d/1', 'd/2/3', 'd/2/4'), heads('d')],
  ['levels that grow and shrink', heads('a', 'b/c/d'), heads('a/b/c', 'b/c')],
  ['tags as well', ['refs/tags/v1', 'refs/heads/v1'], ['refs/tags/v1/rc', 'refs/heads/v1/rc']],
];

describe('HOST-01: between two runs, where deletions are followed,', () => {
  it.each(shapes)('%s arrives, and the way back too', async (_, before, after) => {
    const { w, show } = world();
    show(before);
    const id = await w.imported({ options: { deletions: 'follow' } });
    for (const names of [after, before, after]) {
      show(names);
      await w.updateNow(id);
      expect(await w.mirror(id)).toMatchObject({ status: 'finished', held: null, lastError: null });
      expect([...w.forgeRefs.keys()].sort()).toEqual([main, ...names].sort());
      const pushes = w.pushes.length;
      await w.updateNow(id);
      expect(w.pushes).toHaveLength(pushes);
    }
  });
});

describe('HOST-01: where deletions are not followed,', () => {
  it.each(shapes)('%s is told for each name that found no room, and all others go on', async (_, before, after) => {
    const { w, tip, show } = world();
    show(before);
    const id = await w.imported();
    show(after);
    const newer = w.history.commit('c2', tip);
    w.upstreamRefs.set(main, newer).set('refs/heads/new', tip);
    await w.updateNow(id);
    expect(await w.mirror(id)).toMatchObject({ status: 'finished' });
    expect([...w.forgeRefs.keys()].sort()).toEqual([main, 'refs/heads/new', ...before].sort());
    expect(w.forgeRefs.get(main)).toBe(newer);
    const told = (await w.outcomes(id)).filter(([, , code]) => code === 'ref_conflict').map(([ref]) => ref);
    expect(told.sort()).toEqual([...after].sort());

    // Somebody makes room in the forge, and the next run needs no other help.
    for (const ref of before) w.forgeRefs.delete(ref);
    await w.updateNow(id);
    expect([...w.forgeRefs.keys()].sort()).toEqual([main, 'refs/heads/new', ...after].sort());
  });
});

describe('HOST-01: an upstream that has both at once', () => {
  it('gets one of them, the other is told, and nothing swings to and fro', async () => {
    const { w, show } = world();
    show(heads('a', 'a/b', 'a/b/c', 'other'));
    const id = await w.imported({ options: { deletions: 'follow', divergence: 'overwrite' } });
    expect([...w.forgeRefs.keys()].sort()).toEqual([main, ...heads('a', 'other')].sort());
    for (let run = 0; run < 3; run += 1) {
      const conflicts = (await w.outcomes(id)).filter(([, , code]) => code === 'ref_conflict');
      expect(conflicts.map(([ref]) => ref).sort()).toEqual(heads('a/b', 'a/b/c'));
      await w.updateNow(id);
    }
    expect(w.pushes.flat().filter((ref) => ref !== main)).toEqual(heads('a', 'other'));
  });
});
