import { HeadwaterError } from '../../../src/domain/errors';
import { deliverNotices } from '../../../src/sync/notices/deliver-notices';
import { rotateNotifySecret } from '../../../src/sync/notices/notify-settings';
import { pauseMirror, resumeMirror } from '../../../src/sync/pause-mirror';
import { planNext } from '../../../src/sync/plan-next';
import { recoverRuns } from '../../../src/sync/recover-runs';
import { requestSync } from '../../../src/sync/request-sync';
import { claimRun } from '../../../src/sync/claim';
import { FakeForge } from '../../fakes/fake-forge';
import { RecordedWebhooks } from '../../fakes/recorded-webhooks';
import { hour, minute, ScriptedWorld } from '../../fakes/scripted-world';

const url = 'https://receiver.example/hook?key=1';
const away = new HeadwaterError('upstream_unreachable', { host: 'upstream.example', why: 'no *answer* for @ann' });

/** A mirror that was imported and tells of what comes after. */
async function scene(notify: { issue?: boolean; url?: string } = { issue: true, url }) {
  const w = new ScriptedWorld();
  w.upstreamRefs.set('refs/heads/main', w.history.commit('c1'));
  const id = await w.imported({ notify });
  const webhooks = new RecordedWebhooks();
  const forge = new FakeForge();
  forge.addProject({ id: w.project.id, owner: 'ann', name: 'project' });
  const deps = { ...w, store: w.store, forge, webhooks, publicUrl: () => 'https://headwater.example' };
  const deliver = () => deliverNotices(deps, new AbortController().signal);
  await deliver();
  webhooks.messages.length = 0;
  const run = async () => {
    w.clock.advance(minute);
    await requestSync(w, id, 'clock');
    await w.work();
    await deliver();
  };
  /** Fails until the mirror is paused. */
  const fall = async () => {
    w.upstreamFault = away;
    while ((await w.mirror(id)).pause === null) await run();
    w.upstreamFault = null;
  };
  const notifyOf = async () => (await w.mirror(id)).notify;
  return { w, id, webhooks, forge, deps, deliver, run, fall, notifyOf };
}

describe('what the people of a project are told', () => {
  it('is each change of refs, and nothing when there was none', async () => {
    const { w, id, webhooks, run, notifyOf } = await scene();
    await run();
    expect(webhooks.messages).toEqual([]);
    const [before, after] = [w.upstreamRefs.get('refs/heads/main'), w.history.commit('c2', w.history.commit('c1'))];
    w.upstreamRefs.set('refs/heads/main', after);
    await run();
    expect(webhooks.bodies).toMatchObject([
      {
        type: 'mirror.updated',
        timestamp: new Date(w.clock.now()).toISOString(),
        data: {
          mirror: {
            id,
            project: { id: 7, full_name: 'ann/project' },
            url: 'https://upstream.example/group/project.git',
          },
          run: { cause: 'clock', status: 'finished', counts: { fast_forwarded: 1 } },
          changes: [{ ref: 'refs/heads/main', old: before, new: after, action: 'fast_forwarded' }],
          changes_total: 1,
        },
      },
    ]);
    expect(await notifyOf()).toMatchObject({ lastWebhook: { type: 'mirror.updated', delivered: true, status: 200 } });
  });

  it('is every failure, one pause and one recovery; the issue is opened once and closed', async () => {
    const { webhooks, forge, fall, run } = await scene();
    await fall();
    expect(webhooks.types).toEqual([...Array<string>(6).fill('mirror.failed'), 'mirror.paused']);
    expect(webhooks.bodies.at(-1)?.data).toMatchObject({ paused_reason: 'failures', error: { code: away.code } });
    expect(forge.issues).toMatchObject([{ title: 'Pull mirroring is paused', open: true, comments: [] }]);
    const body = forge.issues[0]?.body ?? '';
    expect(body).toContain('https://headwater.example/panel/ann/project');
    expect(body).toContain('no \\*answer\\* for \\@ann');
    webhooks.messages.length = 0;
    await run().catch(() => undefined);
    expect(webhooks.messages).toEqual([]);
  });

  it('is the recovery, once', async () => {
    const { w, id, webhooks, forge, deliver, fall, run } = await scene();
    await fall();
    webhooks.messages.length = 0;
    await resumeMirror(w, id);
    await w.work();
    await deliver();
    await run();
    expect(webhooks.types).toEqual(['mirror.recovered']);
    expect(forge.issues).toMatchObject([{ open: false, comments: ['Pull mirroring works again.'] }]);
  });

  it('is the pause once more when waking it did not help, and still one issue', async () => {
    const { w, id, webhooks, forge, fall } = await scene();
    await fall();
    await requestSync(w, id, 'manual');
    w.upstreamFault = away;
    await w.work();
    await fall();
    expect(webhooks.types.filter((type) => type === 'mirror.paused').length).toBe(2);
    expect(forge.issues.length).toBe(1);
  });

  it('is a pause by a person, but by no issue, and no recovery after it', async () => {
    const { w, id, webhooks, forge, deliver } = await scene();
    await pauseMirror(w, id, 'person', 'ann');
    await pauseMirror(w, id, 'person', 'bob');
    await deliver();
    expect(webhooks.bodies).toMatchObject([
      { type: 'mirror.paused', data: { run: null, paused_reason: 'person', paused_by: 'ann' } },
    ]);
    expect(forge.issues).toEqual([]);
  });

  it('is the death of a worker', async () => {
    const { w, id, webhooks, deliver } = await scene();
    const { run } = await requestSync(w, id, 'clock');
    await claimRun(w, { runId: run.id, mirrorId: id });
    w.clock.advance(hour);
    await recoverRuns(w);
    await deliver();
    expect(webhooks.bodies).toMatchObject([{ type: 'mirror.failed', data: { error: { code: 'worker_lost' } } }]);
  });

  it('is not a dry run', async () => {
    const { w, id, webhooks, deliver } = await scene();
    w.upstreamFault = away;
    await planNext(w, id, { waitMs: 0, pollMs: 1 });
    await w.work();
    await deliver();
    expect(webhooks.messages).toEqual([]);
  });

  it('is nothing when nobody wants to be told', async () => {
    const { w, webhooks, forge, fall } = await scene({});
    await fall();
    expect([webhooks.messages, forge.issues, await w.store.nextOutboxAt()]).toEqual([[], [], null]);
  });

  it('is the first two hundred refs of many, and their number', async () => {
    const { w, webhooks, run } = await scene();
    for (let at = 0; at < 250; at += 1) w.upstreamRefs.set(`refs/tags/v${at}`, w.history.commit(`t${at}`));
    await run();
    const data = webhooks.bodies[0]?.data as { changes: unknown[]; changes_total: number };
    expect([data.changes.length, data.changes_total]).toEqual([200, 250]);
  });
});

describe('the delivery of a notice', () => {
  const updated = async (s: Awaited<ReturnType<typeof scene>>, name: string) => {
    s.w.upstreamRefs.set(`refs/heads/${name}`, s.w.history.commit(name));
    await s.run();
  };

  it('is tried again with the same id, later and later, and then given up', async () => {
    const s = await scene();
    s.webhooks.status = 500;
    await updated(s, 'a');
    const waits: (number | null)[] = [];
    for (;;) {
      const wait = await s.deliver();
      waits.push(wait);
      if (wait === null) break;
      s.w.clock.advance(wait);
    }
    expect(waits).toEqual([5_000, 30_000, 120_000, 600_000, 3_600_000, null]);
    expect(new Set(s.webhooks.messages.map(({ id }) => id)).size).toBe(1);
    expect((await s.notifyOf()).lastWebhook).toMatchObject({
      ...{ attempts: 6, delivered: false, retries: false, status: 500 },
      error: { code: 'notify_refused' },
    });
  });

  it('goes on where a dead worker left it, at least once', async () => {
    const s = await scene();
    const dies = new AbortController();
    s.webhooks.onSend = () => {
      dies.abort();
      throw new HeadwaterError('notify_unreachable', { host: 'h', why: 'gone' });
    };
    s.w.upstreamRefs.set('refs/heads/a', s.w.history.commit('a'));
    await requestSync(s.w, s.id, 'clock');
    await s.w.work();
    await deliverNotices(s.deps, dies.signal);
    s.webhooks.onSend = () => undefined;
    expect(await s.deliver()).toBe(minute);
    s.w.clock.advance(minute);
    await s.deliver();
    expect(new Set(s.webhooks.messages.map(({ id }) => id)).size).toBe(1);
    expect([s.webhooks.messages.length, await s.w.store.nextOutboxAt()]).toEqual([2, null]);
  });

  it('is done by one of two workers', async () => {
    const s = await scene();
    s.w.upstreamRefs.set('refs/heads/a', s.w.history.commit('a'));
    await requestSync(s.w, s.id, 'clock');
    await s.w.work();
    s.webhooks.onSend = () => new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all([s.deliver(), s.deliver()]);
    expect(s.webhooks.messages.length).toBe(1);
  });

  it('keeps the order of those that are due, and tries no receiver twice in one go', async () => {
    const s = await scene();
    for (const name of ['a', 'b']) {
      s.w.upstreamRefs.set(`refs/heads/${name}`, s.w.history.commit(name));
      await requestSync(s.w, s.id, 'clock');
      await s.w.work();
      s.w.clock.advance(1);
    }
    s.webhooks.status = 503;
    expect(await s.deliver()).toBe(5000);
    s.webhooks.status = 200;
    s.w.clock.advance(5000);
    await s.deliver();
    const refs = s.webhooks.bodies.map(({ data }) => (data.changes as { ref: string }[])[0]?.ref);
    expect(refs).toEqual(['refs/heads/a', 'refs/heads/a', 'refs/heads/b']);
  });

  it('ends at once where the address is forbidden, or wants no more', async () => {
    const s = await scene();
    s.webhooks.error = new HeadwaterError('notify_blocked', { host: 'receiver.example' });
    await updated(s, 'a');
    expect([await s.deliver(), (await s.notifyOf()).lastWebhook]).toMatchObject([
      null,
      { retries: false, error: { code: 'notify_blocked' } },
    ]);
    s.webhooks.error = null;
    s.webhooks.status = 410;
    await updated(s, 'b');
    expect([await s.deliver(), s.webhooks.messages.length]).toEqual([null, 2]);
  });

  it('is signed with the new secret and, for a day, with the one before', async () => {
    const s = await scene();
    const { secret } = await rotateNotifySecret(s.w, s.id);
    await updated(s, 'a');
    s.w.clock.advance(24 * hour);
    await updated(s, 'b');
    const signed = s.webhooks.messages.map(({ secrets }) => secrets.map((one) => one.reveal()));
    expect([signed[0]?.length, signed[0]?.[0], signed[1]]).toEqual([2, secret.reveal(), [secret.reveal()]]);
    expect(secret.reveal()).toMatch(/^whsec_[\w+/]{43}=$/);
  });

  it('by an issue tells no pause that is over', async () => {
    const { w, id, forge, deliver, fall } = await scene({ issue: true });
    forge.down = true;
    await fall();
    await resumeMirror(w, id);
    await w.work();
    forge.down = false;
    for (let wait = await deliver(); wait !== null; wait = await deliver()) w.clock.advance(wait);
    expect(forge.issues).toEqual([]);
  });

  it('says what stands against an issue', async () => {
    const { forge, fall, notifyOf } = await scene({ issue: true });
    forge.openIssue = () => Promise.reject(new HeadwaterError('forge_issue_denied', { why: 'no' }));
    await fall();
    expect((await notifyOf()).lastIssue).toMatchObject({ delivered: false, error: { code: 'forge_issue_denied' } });
  });

  it('is forgotten with the mirror, and when nobody is to be told any more', async () => {
    const s = await scene();
    s.webhooks.status = 500;
    await updated(s, 'a');
    await s.w.enrol({ notify: { url: '' } });
    s.w.clock.advance(hour);
    expect([await s.deliver(), s.webhooks.messages.length]).toEqual([null, 1]);
  });
});
