import fc from 'fast-check';
import { divergences } from '../../../src/domain/mirror-options';
import { headOf, isHead, mostPullRequests, type PullRequestNote } from '../../../src/domain/pull-request';
import {
  announceTask,
  offeredBranches,
  planPullRequests,
  type PullRequestInput,
  type PullRequestPlan,
} from '../../../src/domain/pull-request-plan';
import { pullRequestText } from '../../../src/domain/pull-request-text';
import { planRefs, portionUpdates, type DeliveredRef, type RefUpdate } from '../../../src/domain/ref-plan';
import { conflictingRef, foldersOf } from '../../../src/domain/git-ref';

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(40)) as [string, string, string, string];
const oid = fc.constantFrom(a, b, c, d);
const name = fc.constantFrom('x', 'y', 'z', 'main');
const ref = fc.tuple(fc.constantFrom('refs/heads/', 'refs/heads/', 'refs/tags/'), name).map((parts) => parts.join(''));

/** One ref as upstream, forge and database know it, and its pull request. */
const one = fc.record({
  upstream: fc.option(oid, { freq: 5 }),
  forge: fc.option(oid, { freq: 5 }),
  head: fc.option(fc.record({ oid, known: fc.constantFrom('delivered', 'intended', 'moved', 'unknown') })),
  note: fc.option(fc.record({ state: fc.constantFrom('open', 'closed', 'merged'), oid })),
  contained: fc.boolean(),
});

/** Anything that they may say together. */
const world = fc
  .record({
    refs: fc.array(fc.tuple(ref, one), { maxLength: 8 }).map((entries) => [...new Map(entries)]),
    divergence: fc.oneof(
      { weight: 3, arbitrary: fc.constant('pull_request' as const) },
      fc.constantFrom(...divergences),
    ),
  })
  .map(({ refs, divergence }) => {
    const [upstream, forge] = [new Map<string, string>(), new Map<string, string>()];
    const delivered = new Map<string, DeliveredRef>();
    const notes = new Map<string, PullRequestNote>();
    const contained = new Map<string, boolean>();
    refs.forEach(([target, known], number) => {
      if (known.upstream !== null) upstream.set(target, known.upstream);
      if (known.forge !== null) forge.set(target, known.forge);
      contained.set(target, known.contained);
      if (!target.startsWith('refs/heads/')) return;
      const head = headOf(target);
      if (known.head !== null) {
        forge.set(head, known.head.oid);
        const other = known.head.oid === a ? b : a;
        if (known.head.known === 'delivered')
          delivered.set(head, { oid: known.head.oid, intended: null, created: true });
        if (known.head.known === 'intended')
          delivered.set(head, { oid: null, intended: known.head.oid, created: true });
        if (known.head.known === 'moved') delivered.set(head, { oid: other, intended: null, created: true });
      }
      if (known.note !== null) notes.set(target, { ...known.note, branch: target, number, url: 'u', at: 0 });
    });
    return { upstream, forge, delivered, divergence, notes, contained };
  });
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

function plan({ upstream, forge, delivered, divergence, notes, contained }: World): PullRequestPlan {
  const refs = planRefs(
    { upstream, invalidNames: [], forge, delivered, divergence, deletable: [], forgeDefault: null },
    ({ oldOid, newOid }) => oldOid < newOid,
  );
  const wanted = divergence === 'pull_request';
  // Every branch was asked about: there are fewer than the limit.
  const asked = new Map(offeredBranches(refs).map((one) => [one.ref, contained.get(one.ref) ?? false]));
  return planPullRequests({ plan: refs, forge, delivered, wanted, notes, contained: asked });
}

const applied = (updates: readonly RefUpdate[], forge: ReadonlyMap<string, string>) => {
  const after = new Map(forge);
  for (const { ref: target, oldOid, newOid } of updates) {
    expect(after.get(target) ?? null).toBe(oldOid);
    if (newOid === null) after.delete(target);
    else after.set(target, newOid);
  }
  return after;
};

/** What is there once all tasks are done. */
function carriedOut(given: World, planned: PullRequestPlan): World {
  const delivered = new Map<string, DeliveredRef>(given.delivered);
  for (const update of planned.plan.updates)
    delivered.set(update.ref, { oid: update.newOid, intended: null, created: update.action === 'created' });
  const notes = new Map(planned.notes.map((one) => [one.branch, one]));
  let number = 1000;
  for (const task of planned.tasks) {
    if (task.kind === 'close') continue;
    const kept = task.kind === 'open' ? { branch: task.branch, number: (number += 1), url: 'u', at: 0 } : task.note;
    notes.set(task.branch, { ...kept, state: 'open', oid: task.oid });
  }
  return { ...given, forge: applied(planned.plan.updates, given.forge), delivered, notes };
}

describe('every plan of pull requests', () => {
  it('offers what the upstream has of each branch that diverged, or says why not, and touches nothing but heads', () => {
    fc.assert(
      fc.property(world, (given) => {
        const planned = plan(given);
        const after = applied(planned.plan.updates, given.forge);
        const heads = planned.plan.updates.filter((update) => isHead(update.ref));
        if (given.divergence === 'pull_request') {
          for (const task of planned.tasks)
            if (task.kind !== 'close') expect(after.get(headOf(task.branch))).toBe(given.upstream.get(task.branch));
          for (const { ref: target, reason } of offeredBranches(planned.plan)) {
            const task = planned.tasks.find((one) => one.branch === target && one.kind !== 'close');
            expect(task !== undefined || reason?.code.startsWith('pull_request_') === true).toBe(true);
            expect(after.get(target)).toBe(given.forge.get(target));
          }
        } else expect(heads.filter((update) => update.newOid !== null)).toEqual([]);
        for (const update of planned.plan.updates)
          if (!isHead(update.ref)) expect(given.upstream.get(update.ref)).toBe(update.newOid);
      }),
      { numRuns: 500 },
    );
  });

  it('never moves or deletes a head that somebody else has moved, and opens one pull request per branch', () => {
    fc.assert(
      fc.property(world, (given) => {
        const { plan: refs, tasks } = plan(given);
        for (const { ref: target, oldOid } of refs.updates.filter((update) => isHead(update.ref))) {
          if (oldOid === null) continue;
          const known = given.delivered.get(target);
          expect(known?.oid === oldOid || known?.intended === oldOid).toBe(true);
        }
        const branches = tasks.map((task) => task.branch);
        expect(new Set(branches).size).toBe(branches.length);
        expect(
          tasks.filter((task) => task.kind === 'close').every((task) => given.notes.get(task.branch)?.state === 'open'),
        ).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is empty when it was carried out', () => {
    fc.assert(
      fc.property(world, (given) => {
        const next = carriedOut(given, plan(given));
        const again = plan(next);
        expect(again.plan.updates).toEqual([]);
        for (const task of again.tasks) {
          // An open one that is current stays as it is.
          expect(task).toMatchObject({ kind: 'move', note: { oid: next.upstream.get(task.branch) } });
          expect(announceTask(task)?.code).toBe('pull_request_open');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('loses no ref: each is moved, told, or counted as equal', () => {
    fc.assert(
      fc.property(world, (given) => {
        const { updates, leftAlone, unchanged } = plan(given).plan;
        const moved = updates.filter((update) => !isHead(update.ref)).length;
        expect(moved + leftAlone.length + unchanged).toBe(given.upstream.size);
      }),
      { numRuns: 500 },
    );
  });
});

describe('pull requests', () => {
  const many = (count: number, notes = new Map<string, PullRequestNote>()): PullRequestInput => {
    const names = Array.from({ length: count }, (_, at) => `refs/heads/b${at}`);
    const upstream = new Map(names.map((one) => [one, b]));
    const forge = new Map(names.map((one) => [one, c]));
    const known = { upstream, forge, delivered: new Map<string, DeliveredRef>() };
    const refs = planRefs(
      { ...known, invalidNames: [], divergence: 'pull_request', deletable: [], forgeDefault: null },
      () => false,
    );
    return { ...known, plan: refs, wanted: true, notes, contained: new Map(names.map((one) => [one, false])) };
  };

  it('are never more than the limit, and those that are open keep their place', () => {
    const last = `refs/heads/b${mostPullRequests + 4}`;
    const open: PullRequestNote = { branch: last, number: 7, url: 'u', state: 'open', oid: a, at: 0 };
    const { tasks, plan: refs } = planPullRequests(many(mostPullRequests + 5, new Map([[last, open]])));
    expect(tasks).toHaveLength(mostPullRequests);
    expect(tasks.find((task) => task.branch === last)).toMatchObject({ kind: 'move' });
    expect(refs.leftAlone.filter(({ reason }) => reason?.code === 'pull_request_limit')).toHaveLength(5);
    expect(refs.updates).toHaveLength(mostPullRequests);
  });

  it('are not opened for a branch that was not asked about', () => {
    const input = many(2);
    const { tasks, plan: refs } = planPullRequests({ ...input, contained: new Map([['refs/heads/b0', false]]) });
    expect(tasks.map((task) => task.branch)).toEqual(['refs/heads/b0']);
    expect(refs.leftAlone[1]?.reason?.code).toBe('pull_request_limit');
  });

  it('HOST-04: show the name of a branch as it is, whatever it looks like', () => {
    const { title, body } = pullRequestText('refs/heads/`@all` [x](http://evil.example)');
    expect(title).toContain('`@all`');
    expect(body).toContain('`` `@all` [x](http://evil.example) ``');
    expect(pullRequestText(`refs/heads/${'n'.repeat(300)}`).title.length).toBeLessThanOrEqual(200);
  });
});

describe('portions of any plan', () => {
  const action = fc.constantFrom('created', 'fast_forwarded', 'forced', 'deleted');
  const path = fc
    .tuple(
      fc.constantFrom('refs/heads/', 'refs/tags/', 'refs/heads/headwater/upstream/'),
      fc.array(name, { minLength: 1, maxLength: 3 }),
    )
    .map(([root, parts]) => root + parts.join('/'));
  const updates = fc.array(fc.tuple(path, action), { maxLength: 40 }).map((list) =>
    [...new Map(list)].map(([target, what]): RefUpdate => ({
      ref: target,
      oldOid: what === 'created' ? null : a,
      newOid: what === 'deleted' ? null : b,
      action: what,
    })),
  );

  it('lose and repeat nothing, are never larger than asked, and delete by themselves', () => {
    fc.assert(
      fc.property(updates, fc.integer({ min: 1, max: 7 }), fc.option(path), (list, size, first) => {
        const portions = portionUpdates(list, first, size);
        const byName = (one: RefUpdate, other: RefUpdate) => (one.ref < other.ref ? -1 : 1);
        expect(portions.flat().sort(byName)).toEqual([...list].sort(byName));
        for (const portion of portions) {
          expect(portion.length).toBeGreaterThan(0);
          expect(portion.length).toBeLessThanOrEqual(size);
          expect(new Set(portion.map((one) => one.newOid === null)).size).toBe(1);
        }
      }),
    );
  });

  it('make room for a name before it is created', () => {
    fc.assert(
      fc.property(updates, fc.integer({ min: 1, max: 7 }), (list, size) => {
        const order = portionUpdates(list, null, size).flat();
        const created = new Set(list.filter((one) => one.oldOid === null).map((one) => one.ref));
        order.forEach((update, at) => {
          if (update.newOid !== null || conflictingRef(update.ref, created, foldersOf(created)) === undefined) return;
          expect(order.slice(0, at).every((one) => one.newOid === null)).toBe(true);
        });
      }),
    );
  });
});
