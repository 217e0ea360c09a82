import { HeadwaterError } from '../../../src/domain/errors';
import { recoverRuns } from '../../../src/sync/recover-runs';
import { requestSync } from '../../../src/sync/request-sync';
import { minute, ScriptedWorld } from '../../fakes/scripted-world';

const main = 'refs/heads/main';
const dev = 'refs/heads/dev';
const tag = 'refs/tags/v1';

function world() {
  const w = new ScriptedWorld();
  const c1 = w.history.commit('c1');
  w.upstreamRefs.set(dev, c1).set(main, w.history.commit('c2', c1)).set(tag, c1);
  w.hasLane = true;
  return { w, c1 };
}

describe('an import with a lane', () => {
  it('carries all refs of a small import while it is fetched, and sets the default branch', async () => {
    const { w } = world();
    const id = await w.imported();
    expect(w.laneCalls).toEqual(['open', 'write 1000', 'push', 'abort']);
    expect(w.pushes).toEqual([[main, dev, tag]]);
    expect(w.project.defaultBranch).toBe('main');
    expect(await w.mirror(id)).toMatchObject({ status: 'finished', defaultBranchSet: main });
    expect(await w.lastRun(id)).toMatchObject({ status: 'finished', counts: { created: 3 }, sentBytes: 500 });
    expect(await w.store.deliveredRefs(id)).toEqual(
      new Map([...w.upstreamRefs].map(([ref, oid]) => [ref, { oid, intended: null, created: true }])),
    );
  });

  it('carries five portions of a large one, and the others are pushed from the cache', async () => {
    const { w, c1 } = world();
    for (let count = 0; count < 10; count += 1) w.upstreamRefs.set(`refs/tags/t${count}`, c1);
    await w.imported();
    expect(w.pushes.map((refs) => refs.length)).toEqual([10, 2, 1]);
    expect(new Map([...w.forgeRefs].sort())).toEqual(new Map([...w.upstreamRefs].sort()));
  });

  it('carries a default branch alone that the forge would not choose among others', async () => {
    const { w, c1 } = world();
    w.upstreamRefs.set('refs/heads/trunk', c1);
    w.upstreamHead = 'refs/heads/trunk';
    await w.imported();
    expect(w.pushes).toEqual([['refs/heads/trunk'], [dev, main], [tag]]);
    expect(w.laneCalls).toEqual(['open', 'write 1000', 'push', 'abort']);
  });

  it('finishes only after the cache has everything and the intentions are noted', async () => {
    const { w } = world();
    const id = await w.enrol();
    let noted: unknown;
    w.beforePush = async () => {
      noted ??= { tips: w.cacheTips.size, intended: (await w.store.deliveredRefs(id)).get(main)?.intended };
    };
    await w.work();
    expect(noted).toEqual({ tips: 2, intended: w.upstreamRefs.get(main) });
  });

  it('tells what the forge refuses of it', async () => {
    const { w } = world();
    w.refusedRefs.add(dev);
    const id = await w.imported();
    expect(await w.outcomes(id)).toContainEqual([dev, 'rejected', 'hook_declined']);
    expect(w.forgeRefs.has(main)).toBe(true);
  });

  it('gives the lane up when LFS objects hold a ref back, and pushes the others from the cache', async () => {
    const { w } = world();
    const id = await w.enrol();
    const object = { oid: 'a'.repeat(64), size: 10 };
    w.lfs.needs.set(w.upstreamRefs.get(main) ?? '', [object]);
    w.lfs.missing.add(object.oid);
    await w.work();
    expect(w.laneCalls).toEqual(['open', 'write 1000', 'abort', 'abort']);
    expect(w.pushes.flat()).toEqual([dev, tag]);
    expect(await w.outcomes(id)).toContainEqual([main, 'rejected', 'lfs_object_missing']);
  });

  it('opens none for a dry run', async () => {
    const { w } = world();
    const id = await w.enrol({ enabled: false });
    await requestSync(w, id, 'plan');
    await w.work();
    expect(w.laneCalls).toEqual([]);
  });

  it('opens none while it is unknown which tags are mirrored', async () => {
    const { w } = world();
    await w.imported({ options: { tags: 'on_branches' } });
    expect(w.laneCalls).toEqual([]);
    expect(w.forgeRefs.size).toBe(3);
  });

  it('ends the lane unfinished when the fetch fails, and nothing arrives', async () => {
    const { w } = world();
    const fetch = w.upstream.fetch;
    w.upstream.fetch = async (request) => {
      await fetch(request);
      throw new HeadwaterError('upstream_corrupt', { why: 'a checksum is wrong' });
    };
    const id = await w.imported();
    expect(w.laneCalls).toEqual(['open', 'write 1000', 'abort']);
    expect(w.forgeRefs.size).toBe(0);
    expect((await w.mirror(id)).lastError).toMatchObject({ code: 'upstream_corrupt' });
  });

  it('does not hold up a fetch whose forge cannot be read', async () => {
    const { w } = world();
    w.forgeFault = new HeadwaterError('forge_unreachable', { why: 'connection refused' });
    const id = await w.imported();
    expect(w.laneCalls).toEqual([]);
    expect((await w.mirror(id)).lastError).toMatchObject({ code: 'forge_unreachable' });
  });

  // A rejection that nobody heard would end the process.
  it('fails the run when the lane cannot be opened, and nothing else', async () => {
    const { w } = world();
    w.forge.openLane = async () => {
      throw new HeadwaterError('forge_unreachable', { why: 'connection refused' });
    };
    const id = await w.imported();
    expect((await w.mirror(id)).lastError).toMatchObject({ code: 'forge_unreachable' });
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('opens none for a project that has refs', async () => {
    const { w, c1 } = world();
    w.forgeRefs.set(main, c1);
    await w.imported();
    expect(w.laneCalls).toEqual([]);
    expect(w.forgeRefs).toEqual(w.upstreamRefs);
  });

  it('opens none when the cache has something already', async () => {
    const { w, c1 } = world();
    w.cacheTips.add(c1);
    await w.imported();
    expect(w.laneCalls).toEqual([]);
    expect(w.pushes).toEqual([[main, dev], [tag]]);
  });

  it('does not finish once the claim is lost', async () => {
    const { w } = world();
    const id = await w.enrol();
    const fetch = w.upstream.fetch;
    w.upstream.fetch = async (request) => {
      const fetched = await fetch(request);
      // It slept here for longer than its lease, and another worker took over.
      w.clock.advance(2 * minute);
      await recoverRuns(w);
      return fetched;
    };
    await w.work();
    expect(w.laneCalls).toEqual(['open', 'write 1000', 'abort']);
    w.upstream.fetch = fetch;
    await w.work();
    expect(await w.mirror(id)).toMatchObject({ status: 'finished' });
    expect(w.forgeRefs.size).toBe(3);
  });
});
