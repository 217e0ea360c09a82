import fc from 'fast-check';
import { fault } from '../../../src/domain/errors';
import type { Oid, RefName } from '../../../src/domain/git-ref';
import { holdBack, lfsQuestion, stoppingTips } from '../../../src/domain/lfs-plan';
import { planRefs, type RefPlan } from '../../../src/domain/ref-plan';

const id = (n: number): Oid => n.toString(16).padStart(40, '0');
const refs = (entries: Readonly<Record<string, number>>): Map<RefName, Oid> =>
  new Map(Object.entries(entries).map(([name, n]) => [`refs/heads/${name}`, id(n)]));
const usual = {
  invalidNames: [],
  delivered: new Map(),
  divergence: 'keep',
  deletable: [],
  forgeDefault: null,
} as const;
const planOf = (upstream: Map<RefName, Oid>, forge: Map<RefName, Oid>): RefPlan =>
  planRefs({ upstream, forge, ...usual }, () => true);
const missing = fault('lfs_object_missing', { oid: 'f'.repeat(64) });

describe('where to look for LFS pointers', () => {
  const ask = (upstream: Map<RefName, Oid>, forge: Map<RefName, Oid>, complete: number[]) => {
    const plan = planOf(upstream, forge);
    const { wanted, have } = lfsQuestion({ plan, upstream, forge, complete: new Set(complete.map(id)) });
    return { wanted: [...wanted], have: [...have] };
  };

  it('an import is looked through whole', () => {
    expect(ask(refs({ main: 1, dev: 2 }), refs({}), [])).toEqual({ wanted: [id(1), id(2)], have: [] });
  });

  it('an update is looked at from where the forge is complete', () => {
    expect(ask(refs({ main: 3, dev: 2 }), refs({ main: 1, dev: 2 }), [1, 2])).toEqual({
      wanted: [id(3)],
      have: [id(1), id(2)],
    });
  });

  it('a ref that arrived while LFS was off is looked at, though nothing is to be pushed', () => {
    expect(ask(refs({ main: 1 }), refs({ main: 1 }), [])).toEqual({ wanted: [id(1)], have: [] });
  });

  it('a tip that was complete once, and that no ref of the forge has any more, is looked at again', () => {
    expect(ask(refs({ main: 2, dev: 1 }), refs({ main: 2 }), [1, 2])).toEqual({ wanted: [id(1)], have: [id(2)] });
  });

  it('local work in the forge is nothing to stop at, and a diverged branch is not looked at', () => {
    const [upstream, forge] = [refs({ main: 3 }), refs({ main: 9 })];
    const plan = planRefs({ upstream, forge, ...usual }, () => false);
    expect(lfsQuestion({ plan, upstream, forge, complete: new Set([id(1)]) })).toEqual({
      wanted: new Set(),
      have: new Set(),
    });
  });

  it('a new ref at a complete tip needs no look', () => {
    expect(ask(refs({ main: 1, copy: 1 }), refs({ main: 1 }), [1])).toEqual({ wanted: [], have: [id(1)] });
  });

  it('with very many tips, the search stops at those that the updates start from', () => {
    const forge = refs(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`b${n}`, n])));
    const plan = planOf(new Map([...forge, ['refs/heads/b77', id(500)]]), forge);
    const chosen = stoppingTips(plan, new Set(forge.values()), 10);
    expect(chosen).toHaveLength(10);
    expect(chosen[0]).toBe(id(77));
    expect(stoppingTips(plan, new Set(forge.values()), 1000)).toHaveLength(100);
  });
});

describe('holding back what lacks LFS objects', () => {
  it('exactly the refs that need one are held back', () => {
    const [upstream, forge] = [refs({ main: 3, dev: 2, twin: 3 }), refs({ main: 1 })];
    const held = holdBack(planOf(upstream, forge), { upstream, forge }, new Map([[id(3), missing]]));
    expect(held.updates.map(({ ref }) => ref)).toEqual(['refs/heads/dev']);
    expect(held.leftAlone).toEqual([
      { ref: 'refs/heads/main', oldOid: id(1), newOid: id(3), action: 'rejected', reason: missing },
      { ref: 'refs/heads/twin', oldOid: null, newOid: id(3), action: 'rejected', reason: missing },
    ]);
  });

  it('a ref that has its value already is reported instead of counted as unchanged', () => {
    const [upstream, forge] = [refs({ main: 1, dev: 2 }), refs({ main: 1, dev: 2 })];
    const held = holdBack(planOf(upstream, forge), { upstream, forge }, new Map([[id(1), missing]]));
    expect(held.unchanged).toBe(1);
    expect(held.leftAlone).toEqual([
      { ref: 'refs/heads/main', oldOid: id(1), newOid: id(1), action: 'rejected', reason: missing },
    ]);
  });

  it('every ref is in the plan as often as before, and none that lacks an object is pushed', () => {
    const someRefs = fc
      .dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat({ max: 4 }))
      .map((entries) => refs(entries));
    fc.assert(
      fc.property(someRefs, someRefs, fc.uniqueArray(fc.nat({ max: 4 })), (upstream, forge, bad) => {
        const plan = planOf(upstream, forge);
        const faults = new Map(bad.map((n) => [id(n), missing]));
        const held = holdBack(plan, { upstream, forge }, faults);
        const size = (one: RefPlan) => one.updates.length + one.leftAlone.length + one.unchanged;
        expect(size(held)).toBe(size(plan));
        expect(held.updates.filter(({ newOid }) => faults.has(newOid ?? ''))).toEqual([]);
        expect(held.updates).toEqual(plan.updates.filter(({ newOid }) => !faults.has(newOid ?? '')));
      }),
    );
  });
});
