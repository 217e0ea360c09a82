import { HeadwaterError } from '../../../src/domain/errors';
import type { StoreTransaction } from '../../../src/ports/store';
import { requestSync } from '../../../src/sync/request-sync';
import { scheduleDue } from '../../../src/sync/schedule-due';
import { hour, ScriptedWorld, secret } from '../../fakes/scripted-world';

const main = 'refs/heads/main';
const dev = 'refs/heads/dev';
const tag = 'refs/tags/v1';

function world() {
  const w = new ScriptedWorld();
  const c1 = w.history.commit('c1');
  const c2 = w.history.commit('c2', c1);
  const other = w.history.commit('other');
  w.upstreamRefs.set(dev, c1).set(main, c2).set(tag, c1);
  return { w, c1, c2, other };
}

/** Notes the names of the writes that go through a transaction. */
function notingWrites(tx: StoreTransaction, written: string[]): StoreTransaction {
  return new Proxy(tx, {
    get(target, name: keyof StoreTransaction) {
      if (!/^(save|insert|put|delete|note|claim|block)/.test(name)) return target[name];
      const write = target[name] as (...args: readonly unknown[]) => unknown;
      return (...args: readonly unknown[]) => {
        written.push(name === 'insertRunOutcomes' ? `${name} ${(args[1] as readonly unknown[]).length}` : name);
        return write(...args);
      };
    },
  });
}

describe('the first run of an empty project', () => {
  it('imports every branch and tag, the default branch first, and sets it', async () => {
    const { w, c1, c2 } = world();
    const id = await w.imported();
    expect(w.forgeRefs).toEqual(
      new Map([
        [main, c2],
        [dev, c1],
        [tag, c1],
      ]),
    );
    expect(w.pushes).toEqual([[main, dev], [tag]]);
    expect(w.project.defaultBranch).toBe('main');
    expect(await w.mirror(id)).toMatchObject({
      status: 'finished',
      failures: 0,
      lastError: null,
      upstreamDefaultBranch: main,
      defaultBranchSet: main,
      activeRunId: null,
    });
    expect(await w.lastRun(id)).toMatchObject({
      status: 'finished',
      cause: 'enrolled',
      counts: { created: 3, unchanged: 0 },
      receivedBytes: 1100,
      sentBytes: 1000,
    });
  });

  it('leaves the default branch of a project alone that was not empty', async () => {
    const { w, other } = world();
    w.forgeRefs.set('refs/heads/local', other);
    await w.imported();
    expect(w.project.defaultBranch).toBe('trunk');
    expect(w.forgeRefs.get('refs/heads/local')).toBe(other);
  });

  it('fails without touching anything when the upstream is empty', async () => {
    const { w } = world();
    w.upstreamRefs.clear();
    const id = await w.imported();
    expect((await w.mirror(id)).lastError).toMatchObject({ code: 'upstream_empty' });
    expect(w.pushes).toEqual([]);
  });
});

describe('a run that finds nothing new', () => {
  it('SCHED-09: makes one request to the upstream, none to the forge, and starts no fetch', async () => {
    const { w } = world();
    const id = await w.imported();
    w.upstreamCalls.length = w.forgeCalls.length = 0;
    w.clock.advance(7 * hour);
    expect(await scheduleDue(w)).toBe(1);
    await w.work();
    expect(w.upstreamCalls).toEqual(['list']);
    expect(w.forgeCalls).toEqual([]);
    expect(await w.lastRun(id)).toMatchObject({
      status: 'finished',
      cause: 'clock',
      counts: { unchanged: 3, created: 0 },
    });
  });

  it('SCHED-09: writes as little for a thousand refs as for three', async () => {
    const writesOf = async (refs: number): Promise<string[]> => {
      const { w, c1 } = world();
      for (let number = 0; number < refs; number += 1) w.upstreamRefs.set(`refs/tags/n${number}`, c1);
      w.portionSize = 500;
      const id = await w.imported();
      w.clock.advance(7 * hour);
      await scheduleDue(w);
      const written: string[] = [];
      const { transaction } = w.store;
      w.store.transaction = (work) =>
        transaction.call(w.store, (tx) => work(notingWrites(tx, written))) as ReturnType<typeof work>;
      await w.work();
      expect(await w.lastRun(id)).toMatchObject({ status: 'finished', counts: { unchanged: refs + 3 } });
      return written;
    };
    const [few, many] = [await writesOf(0), await writesOf(1000)];
    expect(many).toEqual(few);
    expect(many).toEqual(['saveMirror', 'saveRun', 'insertRunOutcomes 0', 'saveRun', 'saveMirror']);
  });

  it('looks at the forge all the same when a person asked', async () => {
    const { w, c1 } = world();
    const id = await w.imported();
    w.forgeRefs.delete(dev);
    await w.updateNow(id);
    expect(w.forgeRefs.get(dev)).toBe(c1);
  });

  it('looks at the forge again while a ref is still held up', async () => {
    const { w, c1 } = world();
    w.refusedRefs.add(dev);
    await w.imported();
    w.refusedRefs.clear();
    w.clock.advance(7 * hour);
    await scheduleDue(w);
    await w.work();
    expect(w.forgeRefs.get(dev)).toBe(c1);
  });
});

describe('a run that finds something new', () => {
  it('fetches only new tips and moves only what changed', async () => {
    const { w, c2 } = world();
    const id = await w.imported();
    const c3 = w.history.commit('c3', c2);
    w.upstreamRefs.set(main, c3);
    w.upstreamCalls.length = w.pushes.length = 0;
    await w.updateNow(id);
    expect(w.upstreamCalls).toEqual(['list', 'fetch 1']);
    expect(w.pushes).toEqual([[main]]);
    expect(await w.outcomes(id)).toEqual([[main, 'fast_forwarded', undefined]]);
  });

  it('leaves a branch alone that somebody moved in the forge, and reports it', async () => {
    const { w, c2, other } = world();
    const id = await w.imported();
    w.forgeRefs.set(dev, other);
    w.upstreamRefs.set(dev, c2);
    await w.updateNow(id);
    expect(w.forgeRefs.get(dev)).toBe(other);
    expect(await w.outcomes(id)).toEqual([[dev, 'diverged', 'moved_in_forge']]);
    expect(await w.mirror(id)).toMatchObject({ status: 'finished', lastCounts: { diverged: 1, unchanged: 2 } });
  });

  it('DATA-03: loses nothing when somebody pushes between our read and our push', async () => {
    const { w, c2, other } = world();
    const id = await w.imported();
    w.upstreamRefs.set(dev, c2);
    w.beforePush = () => void w.forgeRefs.set(dev, other);
    await w.updateNow(id);
    expect(w.forgeRefs.get(dev)).toBe(other);
    expect(await w.outcomes(id)).toEqual([[dev, 'diverged', 'moved_meanwhile']]);
  });

  it('deletes nothing in the forge when refs vanish upstream', async () => {
    const { w, c1 } = world();
    const id = await w.imported();
    w.upstreamRefs.delete(dev);
    await w.updateNow(id);
    expect(w.forgeRefs.get(dev)).toBe(c1);
    expect(await w.outcomes(id)).toEqual([]);
  });

  it('lets a hook refuse one ref without holding up the others', async () => {
    const { w } = world();
    w.refusedRefs.add(tag);
    const id = await w.imported();
    expect([...w.forgeRefs.keys()].sort()).toEqual([dev, main]);
    expect(await w.outcomes(id)).toContainEqual([tag, 'rejected', 'hook_declined']);
    expect(await w.mirror(id)).toMatchObject({
      status: 'finished',
      lastError: null,
      lastCounts: { created: 2, rejected: 1 },
    });
  });
});

describe('a run that fails', () => {
  it('tells the code, the sentence and the advice, and when it is tried again', async () => {
    const { w } = world();
    w.upstreamFault = new HeadwaterError('upstream_credentials_refused', { host: 'upstream.example' });
    const id = await w.imported();
    const mirror = await w.mirror(id);
    expect(mirror).toMatchObject({
      status: 'failed',
      failures: 1,
      lastError: {
        code: 'upstream_credentials_refused',
        message: 'The upstream upstream.example refused the user name and password.',
        advice: 'Enter the password or access token again; it may have expired or been revoked.',
      },
    });
    expect(mirror.nextUpdateAt).toBe(w.clock.now() + hour);
    expect(w.notices.of(id).at(-1)).toMatchObject({
      type: 'run.failed',
      error: { code: 'upstream_credentials_refused' },
    });
  });

  it('is tried again at the next passes, five times, then paused', async () => {
    const { w } = world();
    w.upstreamFault = new HeadwaterError('upstream_not_found', { host: 'h' });
    const id = await w.imported();
    for (let tries = 0; tries < 5; tries += 1) {
      w.clock.advance(hour);
      expect(await scheduleDue(w)).toBe(1);
      await w.work();
    }
    expect(await w.mirror(id)).toMatchObject({ pause: { reason: 'failures' }, failures: 6 });
    w.clock.advance(100 * hour);
    expect(await scheduleDue(w)).toBe(0);

    w.upstreamFault = null;
    await w.updateNow(id);
    expect(await w.mirror(id)).toMatchObject({ pause: null, failures: 0, status: 'finished', lastError: null });
  });

  it.each([
    ['archived', { archived: true }, 'forge_project_archived'],
    ['a native mirror', { nativeMirror: true }, 'forge_project_is_native_mirror'],
    ['closed to the account of the add-on', { canPush: false }, 'forge_push_denied'],
  ])('says so when the project is %s', async (_, change, code) => {
    const { w } = world();
    const id = await w.enrol();
    w.project = { ...w.project, ...change };
    await w.work();
    expect((await w.mirror(id)).lastError).toMatchObject({ code });
    expect(w.pushes).toEqual([]);
  });

  it('shows nothing of an unforeseen error, and the log has it', async () => {
    const { w } = world();
    const id = await w.enrol();
    w.beforePush = () => {
      throw new TypeError('secret-looking detail');
    };
    await w.work();
    expect((await w.mirror(id)).lastError).toMatchObject({ code: 'internal' });
    expect(JSON.stringify(await w.mirror(id))).not.toContain('secret-looking');
    expect(w.log.messages('error')).toEqual(['run failed']);
  });

  it('knows what it had sent when its push broke off', async () => {
    const { w } = world();
    w.forge.push = async ({ onProgress }) => {
      onProgress({ bytes: 700 });
      throw new HeadwaterError('forge_push_failed', { why: 'nothing moved' });
    };
    const id = await w.imported();
    expect(await w.lastRun(id)).toMatchObject({ status: 'failed', sentBytes: 700 });
  });

  it('throws a damaged cache away, so that the next run heals it', async () => {
    const { w } = world();
    const id = await w.enrol();
    w.beforePush = () => {
      throw new HeadwaterError('upstream_corrupt', { why: 'missing blob' });
    };
    await w.work();
    expect(w.cacheRemovals).toBe(1);
    w.beforePush = () => undefined;
    await w.updateNow(id);
    expect(await w.mirror(id)).toMatchObject({ status: 'finished' });
  });
});

describe('credentials', () => {
  it('reach the upstream, and never the log or the notices', async () => {
    const { w } = world();
    const id = await w.imported({ authUser: 'bob', authPassword: secret('s3cret') });
    expect(w.lastAccess?.credentials?.user).toBe('bob');
    expect(w.lastAccess?.credentials?.password.reveal()).toBe('s3cret');
    expect(JSON.stringify([w.log.lines, w.notices.of(id)])).not.toContain('s3cret');
  });

  it('are not sent at all while the password is missing', async () => {
    const { w } = world();
    await w.imported({ authUser: 'bob' });
    expect(w.lastAccess?.credentials).toBeNull();
  });

  it('say so when they can no longer be read', async () => {
    const { w } = world();
    const id = await w.imported({ authUser: 'bob', authPassword: secret('s3cret') });
    await w.store.transaction(async (tx) => {
      const mirror = await tx.lockMirror(id);
      if (mirror !== null) await tx.saveMirror({ ...mirror, sealedPassword: 'garbage' });
    });
    await w.updateNow(id);
    expect((await w.mirror(id)).lastError).toMatchObject({ code: 'secret_unreadable' });
  });
});

describe('"Update now"', () => {
  it('answers the same run while it is queued', async () => {
    const { w } = world();
    const id = await w.enrol();
    const first = await requestSync(w, id, 'manual');
    const second = await requestSync(w, id, 'manual');
    expect(second.run.id).toBe(first.run.id);
    expect(second.fresh).toBe(false);
    expect(w.queue.waiting).toHaveLength(1);
  });

  it('is recorded while the queue is away, and says that it starts later', async () => {
    const { w } = world();
    const id = await w.imported();
    w.queue.down = true;
    const asked = await requestSync(w, id, 'manual');
    expect(asked.warning).toMatchObject({ code: 'queue_unavailable' });
    expect(await w.mirror(id)).toMatchObject({ status: 'scheduled', activeRunId: asked.run.id });
  });
});
