import fc from 'fast-check';
import type { Divergence } from '../../../src/domain/mirror-options';
import {
  ancestryQuestions,
  planRefs,
  portionUpdates,
  type DeliveredRef,
  type PlanInput,
  type RefUpdate,
} from '../../../src/domain/ref-plan';

const a = 'a'.repeat(40);
const b = 'b'.repeat(40);
const c = 'c'.repeat(40);
const main = 'refs/heads/main';
const tag = 'refs/tags/v1';

interface Case {
  upstream: Record<string, string>;
  forge?: Record<string, string>;
  delivered?: Record<string, DeliveredRef>;
  invalidNames?: string[];
  ancestors?: string[];
  divergence?: Divergence;
  deletable?: string[];
  forgeDefault?: string;
}

function plan(given: Case) {
  const input: PlanInput = {
    upstream: new Map(Object.entries(given.upstream)),
    invalidNames: given.invalidNames ?? [],
    forge: new Map(Object.entries(given.forge ?? {})),
    delivered: new Map(Object.entries(given.delivered ?? {})),
    divergence: given.divergence ?? 'keep',
    deletable: given.deletable ?? [],
    forgeDefault: given.forgeDefault ?? null,
  };
  return planRefs(input, ({ oldOid, newOid }) => given.ancestors?.includes(`${oldOid}..${newOid}`) ?? false);
}

const ours = (oid: string | null, intended: string | null = null): DeliveredRef => ({ oid, intended, created: true });
const kept = { invalidNames: [], divergence: 'keep', deletable: [], forgeDefault: null } as const;
const reasons = (given: Case) => plan(given).leftAlone.map((left) => [left.ref, left.action, left.reason?.code]);

describe('planning', () => {
  it('creates what the forge lacks', () => {
    expect(plan({ upstream: { [main]: a, [tag]: b } }).updates).toEqual([
      { ref: main, oldOid: null, newOid: a, action: 'created' },
      { ref: tag, oldOid: null, newOid: b, action: 'created' },
    ]);
  });

  it('moves a branch forward from its exact old value', () => {
    const moved = plan({
      upstream: { [main]: b },
      forge: { [main]: a },
      delivered: { [main]: ours(a) },
      ancestors: [`${a}..${b}`],
    });
    expect(moved.updates).toEqual([{ ref: main, oldOid: a, newOid: b, action: 'fast_forwarded' }]);
  });

  it('moves a branch forward that somebody else had moved, once the upstream contains it', () => {
    const moved = plan({
      upstream: { [main]: c },
      forge: { [main]: b },
      delivered: { [main]: ours(a) },
      ancestors: [`${b}..${c}`],
    });
    expect(moved.updates).toEqual([{ ref: main, oldOid: b, newOid: c, action: 'fast_forwarded' }]);
  });

  it('brings back what was deleted only in the forge', () => {
    expect(plan({ upstream: { [main]: a }, delivered: { [main]: ours(a) } }).updates).toHaveLength(1);
  });

  it('has nothing to do between equal states', () => {
    const equal = plan({ upstream: { [main]: a, [tag]: b }, forge: { [main]: a, [tag]: b } });
    expect(equal).toEqual({ updates: [], leftAlone: [], unchanged: 2, confirmed: [] });
  });

  it('does not touch what only the forge has', () => {
    expect(plan({ upstream: {}, forge: { 'refs/heads/local': a, [main]: b }, delivered: { [main]: ours(b) } })).toEqual(
      {
        updates: [],
        leftAlone: [],
        unchanged: 0,
        confirmed: [],
      },
    );
  });

  it('DATA-03: leaves a branch alone that somebody moved in the forge', () => {
    expect(reasons({ upstream: { [main]: b }, forge: { [main]: c }, delivered: { [main]: ours(a) } })).toEqual([
      [main, 'diverged', 'moved_in_forge'],
    ]);
  });

  it('DATA-05: leaves a branch alone that was there before the mirror and has other history', () => {
    expect(reasons({ upstream: { [main]: b }, forge: { [main]: c } })).toEqual([[main, 'diverged', 'moved_in_forge']]);
  });

  it('DATA-02: leaves a branch alone whose history the upstream rewrote', () => {
    expect(reasons({ upstream: { [main]: b }, forge: { [main]: a }, delivered: { [main]: ours(a) } })).toEqual([
      [main, 'diverged', 'rewritten_upstream'],
    ]);
  });

  it('HOST-07: never moves a tag, even forward', () => {
    expect(
      reasons({
        upstream: { [tag]: b },
        forge: { [tag]: a },
        delivered: { [tag]: ours(a) },
        ancestors: [`${a}..${b}`],
      }),
    ).toEqual([[tag, 'diverged', 'tag_moved']]);
  });

  it('HOST-01: skips a name that cannot stand beside one in the forge, and all others go on', () => {
    const given = { upstream: { 'refs/heads/a/b': a, [main]: a }, forge: { 'refs/heads/a': b } };
    expect(reasons(given)).toEqual([['refs/heads/a/b', 'rejected', 'ref_conflict']]);
    expect(plan(given).updates.map((update) => update.ref)).toEqual([main]);
  });

  it('HOST-01: takes one of two names in the upstream that exclude each other', () => {
    const given = { upstream: { 'refs/heads/a': a, 'refs/heads/a/b': a, 'refs/heads/c/d': a, 'refs/heads/c': a } };
    expect(plan(given).updates.map((update) => update.ref)).toEqual(['refs/heads/a', 'refs/heads/c/d']);
    expect(reasons(given).map(([ref]) => ref)).toEqual(['refs/heads/a/b', 'refs/heads/c']);
  });

  it('HOST-03: reports names that git does not allow', () => {
    expect(reasons({ upstream: {}, invalidNames: ['refs/heads/a..b'] })).toEqual([
      ['refs/heads/a..b', 'rejected', 'ref_name_invalid'],
    ]);
  });

  it('NET-07: knows a push of ours again whose answer was lost', () => {
    const given = { upstream: { [main]: b }, forge: { [main]: b }, delivered: { [main]: ours(a, b) } };
    expect(plan(given)).toMatchObject({ unchanged: 1, confirmed: [main], updates: [] });
  });

  it('tells a rewrite from local work even when our last push was never confirmed', () => {
    expect(reasons({ upstream: { [main]: c }, forge: { [main]: b }, delivered: { [main]: ours(a, b) } })).toEqual([
      [main, 'diverged', 'rewritten_upstream'],
    ]);
  });

  it('asks about the history of branches that differ, and of nothing else', () => {
    const upstream = new Map([
      [main, b],
      [tag, b],
      ['refs/heads/new', a],
      ['refs/heads/same', a],
    ]);
    const forge = new Map([
      [main, a],
      [tag, a],
      ['refs/heads/same', a],
    ]);
    expect(ancestryQuestions({ upstream, forge })).toEqual([{ oldOid: a, newOid: b }]);
  });
});

describe('every plan', () => {
  const oid = fc.constantFrom(a, b, c, 'd'.repeat(40));
  const ref = fc
    .tuple(
      fc.constantFrom('refs/heads/', 'refs/tags/'),
      fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 3 }),
    )
    .map(([root, parts]) => root + parts.join('/'));
  const refs = fc.array(fc.tuple(ref, oid), { maxLength: 8 }).map((entries) => new Map(entries));
  const delivered = fc
    .array(fc.tuple(ref, fc.record({ oid: fc.option(oid), intended: fc.option(oid), created: fc.boolean() })), {
      maxLength: 8,
    })
    .map((entries) => new Map(entries));
  // Histories are total orders of the letters: a is an ancestor of b, b of c. Consistent, as git's are.
  const isAncestor = ({ oldOid, newOid }: { oldOid: string; newOid: string }) => oldOid < newOid;

  it('reaches the upstream for all that it does not leave alone, and touches nothing else', () => {
    fc.assert(
      fc.property(refs, refs, delivered, (upstream, forge, known) => {
        const planned = planRefs({ ...kept, upstream, forge, delivered: known }, isAncestor);
        const after = new Map(forge);
        for (const update of planned.updates) {
          expect(after.get(update.ref) ?? null).toBe(update.oldOid);
          after.set(update.ref, update.newOid ?? '');
        }
        const left = new Set(planned.leftAlone.map((outcome) => outcome.ref));
        for (const [name, value] of upstream) if (!left.has(name)) expect(after.get(name)).toBe(value);
        for (const [name, value] of forge)
          if (!upstream.has(name) || left.has(name)) expect(after.get(name)).toBe(value);
        expect(planned.updates.length + left.size + planned.unchanged).toBe(upstream.size);
      }),
    );
  });

  it('is empty when applied twice', () => {
    fc.assert(
      fc.property(refs, refs, (upstream, forge) => {
        const first = planRefs({ ...kept, upstream, forge, delivered: new Map() }, isAncestor);
        const after = new Map(forge);
        for (const update of first.updates) after.set(update.ref, update.newOid ?? '');
        const second = planRefs({ ...kept, upstream, forge: after, delivered: new Map() }, isAncestor);
        expect(second.updates).toEqual([]);
        expect(second.leftAlone.map((left) => left.ref)).toEqual(first.leftAlone.map((left) => left.ref));
      }),
    );
  });
});

describe('portions', () => {
  const update = (ref: string): RefUpdate => ({ ref, oldOid: null, newOid: a, action: 'created' });

  const refsIn = (portions: RefUpdate[][]) => portions.map((portion) => portion.map((one) => one.ref));

  it('begin with the default branch of an import', () => {
    const updates = [update('refs/heads/x'), update(main), update('refs/tags/t')];
    expect(refsIn(portionUpdates(updates, main, 2))).toEqual([[main, 'refs/heads/x'], ['refs/tags/t']]);
  });

  it('send the default branch alone where the forge would take another one for it', () => {
    const trunk = 'refs/heads/trunk';
    const updates = [update('refs/heads/x'), update(main), update(trunk), update('refs/heads/master')];
    expect(refsIn(portionUpdates(updates, trunk, 10))).toEqual([[trunk], ['refs/heads/x', main, 'refs/heads/master']]);
    expect(refsIn(portionUpdates(updates, main, 10))).toEqual([[main], ['refs/heads/x', trunk, 'refs/heads/master']]);
  });

  it('lose and repeat nothing, and are never larger than asked', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.integer({ min: 1, max: 7 }), fc.boolean(), (count, size, lead) => {
        const updates = Array.from({ length: count }, (_, index) => update(`refs/heads/${index}`));
        const portions = portionUpdates(updates, lead ? 'refs/heads/3' : null, size);
        expect(
          portions
            .flat()
            .map((one) => one.ref)
            .sort(),
        ).toEqual(updates.map((one) => one.ref).sort());
        for (const portion of portions) expect(portion.length).toBeGreaterThan(0);
        for (const portion of portions) expect(portion.length).toBeLessThanOrEqual(size);
      }),
    );
  });
});
