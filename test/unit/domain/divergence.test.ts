import fc from 'fast-check';
import { guardPlan, lostRefs, unrelatedBranches, withhold } from '../../../src/domain/guard';
import { isDestructive } from '../../../src/domain/held-plan';
import { divergences, overwrites, type Divergence } from '../../../src/domain/mirror-options';
import { deletableRefs, refsInScope } from '../../../src/domain/mirror-scope';
import {
  planRefs,
  portionUpdates,
  type DeliveredRef,
  type PlanInput,
  type RefUpdate,
} from '../../../src/domain/ref-plan';

const a = 'a'.repeat(40);
const b = 'b'.repeat(40);
const main = 'refs/heads/main';
const dev = 'refs/heads/dev';
const tag = 'refs/tags/v1';
const ours = (oid: string, created = true): DeliveredRef => ({ oid, intended: null, created });

interface Case {
  upstream?: Record<string, string>;
  forge?: Record<string, string>;
  delivered?: Record<string, DeliveredRef>;
  divergence?: Divergence;
  follow?: boolean;
  forgeDefault?: string;
}

function plan({ upstream = {}, forge = {}, delivered = {}, divergence = 'keep', follow = false, forgeDefault }: Case) {
  const listed = new Map(Object.entries(upstream));
  const known = new Map(Object.entries(delivered));
  const input: PlanInput = {
    upstream: listed,
    invalidNames: [],
    forge: new Map(Object.entries(forge)),
    delivered: known,
    divergence,
    deletable: follow ? deletableRefs(listed, known, () => true) : [],
    forgeDefault: forgeDefault ?? null,
  };
  return planRefs(input, () => false);
}

const actions = (given: Case) => plan(given).updates.map((update) => [update.ref, update.action]);

describe('what differs', () => {
  const differing = { upstream: { [main]: b, [tag]: b }, forge: { [main]: a, [tag]: a } };

  it('DATA-02: is kept and reported by default', () => {
    expect(actions(differing)).toEqual([]);
    expect(plan(differing).leftAlone.map((left) => left.action)).toEqual(['diverged', 'diverged']);
  });

  it.each(['overwrite', 'overwrite_with_backup'] as const)(
    'DATA-02: goes from its exact old value with %s, tags too',
    (divergence) => {
      expect(plan({ ...differing, divergence }).updates).toEqual([
        { ref: main, oldOid: a, newOid: b, action: 'forced' },
        { ref: tag, oldOid: a, newOid: b, action: 'forced' },
      ]);
    },
  );
});

describe('names that only look the same', () => {
  it('HOST-02: are refs of their own, and a second look finds nothing to do', () => {
    const twins = { 'refs/heads/Foo': a, 'refs/heads/foo': b, 'refs/heads/caf\u00e9': a, 'refs/heads/cafe\u0301': b };
    expect(actions({ upstream: twins }).map(([, action]) => action)).toEqual(Array(4).fill('created'));
    expect(actions({ upstream: twins, forge: twins, divergence: 'overwrite' })).toEqual([]);
  });
});

describe('what the upstream deleted', () => {
  const gone = { forge: { [main]: a, [dev]: b }, delivered: { [dev]: ours(b) } };

  it('stays by default', () => expect(actions(gone)).toEqual([]));

  it('is deleted when it is followed, if Headwater created it and nobody moved it', () => {
    expect(plan({ ...gone, follow: true }).updates).toEqual([{ ref: dev, oldOid: b, newOid: null, action: 'deleted' }]);
  });

  it.each([
    ['that was there before', { [dev]: ours(b, false) }],
    ['that somebody moved', { [dev]: ours(a) }],
    ['that Headwater knows nothing of', {}],
  ])('DATA-03: does not take a ref along %s', (_, delivered) => {
    expect(actions({ forge: gone.forge, delivered, follow: true })).toEqual([]);
  });

  it('DATA-06: never takes the default branch along, and says so', () => {
    const kept = plan({ ...gone, follow: true, forgeDefault: dev });
    expect(kept.updates).toEqual([]);
    expect(kept.leftAlone).toMatchObject([{ ref: dev, action: 'rejected', reason: { code: 'default_branch_kept' } }]);
  });

  it('HOST-01: makes room for a name that could not stand beside it, in a push before', () => {
    const given = {
      upstream: { 'refs/heads/dev/one': a },
      forge: { [dev]: b },
      delivered: { [dev]: ours(b) },
      follow: true,
    };
    const { updates } = plan(given);
    expect(portionUpdates(updates, null, 10).map((portion) => portion.map((one) => one.ref))).toEqual([
      [dev],
      ['refs/heads/dev/one'],
    ]);
  });

  it('goes in a push of its own, after what is added', () => {
    const updates: RefUpdate[] = [
      { ref: 'refs/tags/old', oldOid: a, newOid: null, action: 'deleted' },
      { ref: 'refs/tags/new', oldOid: null, newOid: a, action: 'created' },
    ];
    expect(portionUpdates(updates, null, 10).map((portion) => portion.map((one) => one.ref))).toEqual([
      ['refs/tags/new'],
      ['refs/tags/old'],
    ]);
  });
});

describe('the guards', () => {
  const names = (count: number) => Array.from({ length: count }, (_, at) => `refs/heads/b${at}`);
  const guard = (delivered: string[], listed: string[], more: Partial<Parameters<typeof guardPlan>[0]> = {}) =>
    guardPlan({
      listed: new Map(listed.map((ref) => [ref, a])),
      knownDefault: null,
      delivered: new Map(delivered.map((ref) => [ref, ours(a)])),
      inScope: () => true,
      plan: { updates: [], leftAlone: [], unchanged: 0, confirmed: [] },
      firstRun: false,
      unrelated: [],
      ...more,
    }).map((reason) => reason.code);

  it.each([
    [0, 50, 'held_upstream_emptied'],
    [39, 50, 'held_refs_lost'],
    [40, 50, undefined],
    [79, 100, 'held_refs_lost'],
    [80, 100, undefined],
    [2, 12, undefined],
  ])('DATA-01: with %i refs left of %i: %s', (left, before, code) => {
    expect(guard(names(before), names(left))[0]).toBe(code);
  });

  it('DATA-01: do not count a loss twice that was accepted or ignored before', () => {
    const delivered = new Map(names(50).map((ref, at) => [ref, { ...ours(a), ...(at >= 10 ? { gone: true } : {}) }]));
    expect(guard([], names(10), { delivered })).toEqual([]);
  });

  it('DATA-06: notice that the default branch is gone, but not that another one became it', () => {
    expect(guard([main, dev], [dev], { knownDefault: main })).toEqual(['held_default_branch_lost']);
    expect(guard([main, dev], [main, dev], { knownDefault: main })).toEqual([]);
  });

  it('DATA-05: hold the first run that would overwrite what the project had before', () => {
    const forced: RefUpdate = { ref: main, oldOid: b, newOid: a, action: 'forced' };
    const held = { plan: { updates: [forced], leftAlone: [], unchanged: 0, confirmed: [] } };
    expect(guard([], [main], { ...held, firstRun: true })).toEqual(['held_first_overwrite']);
    expect(guard([], [main], held)).toEqual([]);
  });

  it('DATA-01: notice another repository behind the same address', () => {
    expect(guard([main], [main], { unrelated: [main] })).toEqual(['held_unrelated_history']);
    expect(unrelatedBranches([{ ref: main }, { ref: dev }], [false, true])).toEqual([]);
  });
});

describe('every plan, whatever the options', () => {
  const oid = fc.constantFrom(a, b, 'c'.repeat(40), 'd'.repeat(40));
  const ref = fc
    .tuple(
      fc.constantFrom('refs/heads/', 'refs/tags/'),
      fc.array(fc.constantFrom('x', 'y'), { minLength: 1, maxLength: 3 }),
    )
    .map(([root, parts]) => root + parts.join('/'));
  const refs = fc.array(fc.tuple(ref, oid), { maxLength: 8 }).map((entries) => new Map(entries));
  const delivered = fc
    .array(fc.tuple(ref, fc.record({ oid: fc.option(oid), intended: fc.option(oid), created: fc.boolean() })), {
      maxLength: 8,
    })
    .map((entries) => new Map(entries));
  const given = fc.record({
    upstream: refs,
    forge: refs,
    delivered,
    divergence: fc.constantFrom(...divergences),
    follow: fc.boolean(),
    forgeDefault: fc.option(ref),
    out: ref,
  });
  const isAncestor = ({ oldOid, newOid }: { oldOid: string; newOid: string }) => oldOid < newOid;

  const planOf = (one: typeof given extends fc.Arbitrary<infer T> ? T : never, forge = one.forge) => {
    const inScope = (name: string) => name !== one.out;
    return planRefs(
      {
        upstream: refsInScope(one.upstream, inScope),
        invalidNames: [],
        forge,
        delivered: one.delivered,
        divergence: one.divergence,
        deletable: one.follow ? deletableRefs(one.upstream, one.delivered, inScope) : [],
        forgeDefault: one.forgeDefault,
      },
      isAncestor,
    );
  };
  const applied = (updates: readonly RefUpdate[], forge: ReadonlyMap<string, string>) => {
    const after = new Map(forge);
    for (const { ref: name, oldOid, newOid } of updates) {
      expect(after.get(name) ?? null).toBe(oldOid);
      if (newOid === null) after.delete(name);
      else after.set(name, newOid);
    }
    return after;
  };

  it('reaches its target, and touches nothing that is not ours', () => {
    fc.assert(
      fc.property(given, (one) => {
        const { updates, leftAlone } = planOf(one);
        const after = applied(updates, one.forge);
        const left = new Set(leftAlone.map((outcome) => outcome.ref));
        for (const [name, value] of one.upstream)
          if (!left.has(name) && name !== one.out) expect(after.get(name)).toBe(value);
        for (const [name, value] of one.forge) {
          const now = after.get(name);
          if (name === one.out || left.has(name)) expect(now).toBe(value);
          if (now !== undefined) continue;
          expect(one.follow && !one.upstream.has(name) && name !== one.forgeDefault).toBe(true);
          expect(one.delivered.get(name)).toMatchObject({ created: true, oid: value });
        }
        if (!overwrites(one.divergence)) expect(updates.filter((update) => update.action === 'forced')).toEqual([]);
      }),
    );
  });

  it('is empty when it was carried out', () => {
    fc.assert(
      fc.property(given, (one) => {
        expect(planOf(one, applied(planOf(one).updates, one.forge)).updates).toEqual([]);
      }),
    );
  });

  it('takes nothing away once it is held, and loses no ref of it', () => {
    fc.assert(
      fc.property(given, (one) => {
        const whole = planOf(one);
        const held = withhold(whole, []);
        expect(held.updates.filter(isDestructive)).toEqual([]);
        expect(held.updates.length + held.leftAlone.length).toBe(whole.updates.length + whole.leftAlone.length);
        for (const [name, value] of applied(
          held.updates.filter((update) => update.oldOid !== null),
          one.forge,
        ))
          expect(value >= (one.forge.get(name) ?? '')).toBe(true);
      }),
    );
  });

  it('counts as lost only what was delivered and is not listed', () => {
    fc.assert(
      fc.property(refs, delivered, (listed, known) => {
        for (const name of lostRefs({ listed, delivered: known, inScope: () => true })) {
          expect(listed.has(name)).toBe(false);
          expect(known.get(name)?.oid).not.toBeNull();
        }
      }),
    );
  });
});
