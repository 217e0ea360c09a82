import { HeadwaterError } from '../../../src/domain/errors';
import { ScriptedWorld } from '../../fakes/scripted-world';

const main = 'refs/heads/main';

/** A mirror whose next update brings something, and what becomes of its project while that is fetched. */
async function world() {
  const w = new ScriptedWorld();
  const first = w.history.commit('c1');
  w.upstreamRefs.set(main, first);
  const id = await w.imported();
  w.upstreamRefs.set(main, w.history.commit('c2', first));
  const { fetch } = w.upstream;
  const whileFetching = (happens: () => void) => {
    w.upstream.fetch = (request) => {
      happens();
      return fetch(request);
    };
  };
  const gone = () => {
    w.forge.project = async () => {
      throw new HeadwaterError('forge_project_missing', { account: 'headwater' });
    };
  };
  return { w, id, whileFetching, gone, before: new Map(w.forgeRefs), pushes: w.pushes.length };
}

describe('AUTH-04: a project that is another one by the time its objects have come', () => {
  it('deleted, and made anew under its name: gets nothing, since its number is asked for and not its name', async () => {
    const { w, id, whileFetching, gone, before, pushes } = await world();
    whileFetching(gone);
    await w.updateNow(id);
    expect((await w.mirror(id)).lastError?.code).toBe('forge_project_missing');
    expect([w.pushes.length, w.forgeRefs]).toEqual([pushes, before]);
  });

  it('given to somebody else: gets nothing until the new owner wants it', async () => {
    const { w, id, whileFetching, before, pushes } = await world();
    whileFetching(() => (w.project = { ...w.project, owner: 'heir', ownerId: 99 }));
    await w.updateNow(id);
    expect(await w.mirror(id)).toMatchObject({
      pause: { reason: 'owner_changed' },
      lastError: { code: 'forge_project_transferred' },
    });
    expect([w.pushes.length, w.forgeRefs]).toEqual([pushes, before]);
  });

  it('with a new name: gets it all there', async () => {
    const { w, id, whileFetching } = await world();
    whileFetching(() => (w.project = { ...w.project, name: 'renamed' }));
    let pushedTo = '';
    w.beforePush = ({ project }) => void (pushedTo = project.name);
    await w.updateNow(id);
    expect(pushedTo).toBe('renamed');
    expect(w.forgeRefs).toEqual(w.upstreamRefs);
  });

  it('between two portions: the second is not pushed', async () => {
    const { w, id, gone } = await world();
    const [tip = ''] = [...w.upstreamRefs.values()];
    for (let at = 0; at < 4; at += 1) w.upstreamRefs.set(`refs/tags/t${at}`, tip);
    const pushes = w.pushes.length;
    w.afterPush = gone;
    await w.updateNow(id);
    expect(w.pushes).toHaveLength(pushes + 1);
  });

  it('LFS objects are not sent to it either', async () => {
    const { w, id, whileFetching, gone } = await world();
    const tip = w.upstreamRefs.get(main) ?? '';
    w.lfs.needs.set(tip, [{ oid: 'a'.repeat(64), size: 5 }]);
    whileFetching(gone);
    await w.updateNow(id);
    expect((await w.mirror(id)).lastError?.code).toBe('forge_project_missing');
    expect(w.lfs.copies).toEqual([]);
  });
});
