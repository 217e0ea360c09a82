import { HeadwaterError } from '../../../src/domain/errors';
import { faultClass } from '../../../src/domain/failure-rules';
import { acceptPlan } from '../../../src/sync/accept-plan';
import { enrolMirror } from '../../../src/sync/enrol-mirror';
import { pauseMirror } from '../../../src/sync/pause-mirror';
import { hour, ScriptedWorld, secret } from '../../fakes/scripted-world';

const day = 24 * hour;
const main = 'refs/heads/main';

async function world() {
  const w = new ScriptedWorld();
  w.upstreamRefs.set(main, w.history.commit('c1'));
  const id = await w.imported({ authUser: 'bot', authPassword: secret('old') });
  return { w, id };
}

/** From now on the upstream says when the token ends. */
function tells(w: ScriptedWorld, credentialsExpireAt: number): void {
  const { list } = w.upstream;
  w.upstream.list = async (access) => ({ ...(await list(access)), credentialsExpireAt });
}

describe('a token that ends', () => {
  it('is known from the upstream’s own word, also when the run fails after that', async () => {
    const { w, id } = await world();
    const end = w.clock.now() + 30 * day;
    tells(w, end);
    w.upstreamRefs.set(main, w.history.commit('c2', w.history.commit('c1')));
    w.forgeFault = new HeadwaterError('forge_unreachable', { why: 'no' });
    await w.updateNow(id);
    expect(await w.mirror(id)).toMatchObject({ status: 'failed', tokenExpiresAt: end });
  });

  it('is named when the upstream refuses it, and belongs to the credentials', async () => {
    const { w, id } = await world();
    tells(w, w.clock.now() + day);
    await w.updateNow(id);
    w.clock.advance(2 * day);
    w.upstreamFault = new HeadwaterError('upstream_credentials_refused', { host: 'upstream.example' });
    await w.updateNow(id);
    const { lastError } = await w.mirror(id);
    expect(lastError).toMatchObject({
      code: 'upstream_token_expired',
      message: 'The access token for the upstream upstream.example expired on 2026-01-02.',
    });
    expect(faultClass('upstream_token_expired')).toBe('credentials');
  });

  it('is forgotten with the token, unless the end of the new one is told', async () => {
    const { w, id } = await world();
    tells(w, w.clock.now() + day);
    await w.updateNow(id);
    await enrolMirror(w, w.project, { authPassword: secret('new') });
    expect((await w.mirror(id)).tokenExpiresAt).toBeNull();
    await enrolMirror(w, w.project, { authPassword: secret('newer'), tokenExpiresAt: 5 * day });
    expect((await w.mirror(id)).tokenExpiresAt).toBe(5 * day);
    await enrolMirror(w, w.project, { authPassword: null });
    expect((await w.mirror(id)).tokenExpiresAt).toBeNull();
  });
});

describe('a new secret', () => {
  it('touches nothing else: neither settings, schedule, history nor what is held', async () => {
    const { w, id } = await world();
    await enrolMirror(w, w.project, { options: { interval: '2h', deletions: 'follow', divergence: 'overwrite' } });
    await w.work();
    w.upstreamRefs.clear();
    w.upstreamRefs.set('refs/heads/other', w.history.commit('elsewhere'));
    await w.updateNow(id);
    const before = await w.mirror(id);
    const runs = await w.store.runs(id, { page: 1, limit: 10 });
    expect(before.held).not.toBeNull();

    const { requested } = await enrolMirror(w, w.project, { authPassword: secret('new') });
    const after = await w.mirror(id);
    expect(after.sealedPassword).not.toBe(before.sealedPassword);
    const { sealedPassword, status, activeRunId, ...rest } = before;
    expect(after).toEqual({
      ...rest,
      sealedPassword: after.sealedPassword,
      status: 'scheduled',
      activeRunId: requested?.run.id,
    });
    expect([sealedPassword, status, activeRunId]).toEqual([expect.any(String), 'finished', null]);
    const { items } = await w.store.runs(id, { page: 1, limit: 10 });
    expect(items.slice(1)).toEqual(runs.items);

    // What was held may be accepted as before.
    await w.work();
    expect(w.lastAccess?.credentials?.password.reveal()).toBe('new');
    await acceptPlan(w, id, before.held?.id ?? '');
    await w.work();
    expect([...w.forgeRefs.keys()]).toContain('refs/heads/other');
  });

  it('wakes a mirror whose credentials failed too often', async () => {
    const { w, id } = await world();
    await pauseMirror(w, id, 'failures', null);
    await enrolMirror(w, w.project, { authPassword: secret('new') });
    await w.work();
    expect(await w.mirror(id)).toMatchObject({ pause: null, failures: 0, status: 'finished' });
  });

  it('does not wake one that a person paused', async () => {
    const { w, id } = await world();
    await pauseMirror(w, id, 'person', 'ann');
    expect((await enrolMirror(w, w.project, { authPassword: secret('new') })).requested).toBeNull();
    expect(await w.mirror(id)).toMatchObject({ pause: { reason: 'person', by: 'ann' } });
  });
});
