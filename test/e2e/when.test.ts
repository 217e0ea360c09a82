import { describeForges } from '../support/forges';
import type { MirrorAnswer, RunAnswer } from '../support/headwater';
import { Scene } from '../support/scene';
import { until } from '../support/until';

const isListing = (request: string) => request.includes('/info/refs');

/** What these scenarios look at of a mirror. */
interface Answer extends MirrorAnswer {
  readonly paused_reason: string | null;
  readonly paused_by: string | null;
  readonly token_expires_at: string | null;
  readonly token_warning: { readonly code: string } | null;
  readonly upstream_blocked_until: string | null;
  readonly active_run: RunAnswer | null;
}

describeForges('when a mirror is updated', (choice) => {
  let scene: Scene;

  beforeAll(async () => {
    // A round every second; the clock itself only where a mirror has an interval of its own.
    const clock = { PASS_INTERVAL: '1s', UPDATE_INTERVAL: '1h', MIN_UPDATE_INTERVAL: '1s' };
    scene = await Scene.start(choice, clock);
    scene.source.commit('main', 'one');
  }, 240_000);
  afterAll(() => scene.close());
  beforeEach(() => {
    scene.upstream.before = () => false;
    scene.upstream.requests.length = 0;
  });

  async function imported() {
    const { repo, api } = await scene.project();
    await api.put(scene.settings);
    await api.settled();
    const shown = async (): Promise<Answer> => (await api.call<Answer>('GET')).data;
    return { repo, api, shown };
  }

  it('a pause ends the run under way, holds against "Update now", and resuming brings what was missed', async () => {
    const { repo, api } = await imported();
    const before = scene.refs(repo);
    scene.source.commit('main', 'missed');
    // The upstream is silent while the run asks it.
    scene.upstream.requests.length = 0;
    scene.upstream.before = () => true;
    const run = await api.updateNow();
    await until(() => scene.upstream.requests.some(isListing));
    const paused = await api.call<Answer>('POST', '/pause');
    expect(paused.data).toMatchObject({ paused: true, paused_reason: 'person', paused_by: scene.maintainer.name });
    expect(await api.run(run.id)).toMatchObject({ status: 'failed', error: { code: 'run_stopped' } });
    await expect(api.updateNow()).rejects.toMatchObject({ status: 409 });
    scene.upstream.before = () => false;
    expect(scene.refs(repo)).toEqual(before);

    await api.call('POST', '/resume');
    expect(await api.settled()).toMatchObject({ paused: false, update_status: 'finished' });
    expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
  });

  it('stopping ends the run under way and nothing else', async () => {
    const { api } = await imported();
    scene.upstream.before = () => true;
    const run = await api.updateNow();
    await until(() => scene.upstream.requests.some(isListing));
    expect((await api.call<Answer>('POST', '/stop')).data).toMatchObject({
      paused: false,
      active_run: null,
      failures: 0,
    });
    scene.upstream.before = () => false;
    expect(await api.run(run.id)).toMatchObject({ status: 'failed', error: { code: 'run_stopped' } });
    expect(await api.updated()).toMatchObject({ status: 'finished' });
  });

  it('an archived project pauses its mirror at once, and "Update now" goes on once it is unarchived', async () => {
    const { repo, api, shown } = await imported();
    await scene.forge.archive(repo.owner, repo.name, true);
    scene.source.commit('main', 'while archived');
    await api.updateNow();
    // Whether the run finds it out or the round that looks at projects is a matter of a moment.
    await api.until((mirror) => mirror.paused);
    expect(await shown()).toMatchObject({ paused: true, paused_reason: 'archived' });
    await scene.forge.archive(repo.owner, repo.name, false);
    expect(await api.updated()).toMatchObject({ status: 'finished' });
    expect(await shown()).toMatchObject({ paused: false, paused_reason: null });
    expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
  });

  it('a host that asks to be left alone is left alone by all of its mirrors, and then they go on by themselves', async () => {
    const [first, second] = [await imported(), await imported()];
    scene.upstream.before = (_request, response) => {
      // Time enough to look at what waits for it.
      response.writeHead(429, { 'retry-after': '5' }).end();
      return true;
    };
    await first.api.updateNow();
    expect(await first.api.settled()).toMatchObject({
      last_error: { code: 'upstream_rate_limited', class: 'rate_limit' },
      failures: 0,
    });
    scene.upstream.before = () => false;
    scene.upstream.requests.length = 0;
    const { upstream_blocked_until: blocked } = await second.shown();
    expect(Date.parse(blocked ?? '')).toBeGreaterThan(Date.now());

    const waiting = await second.api.updateNow();
    expect(waiting.status).toBe('queued');
    await until(() => scene.upstream.requests.some(isListing));
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(blocked ?? ''));
    expect(await second.api.settled()).toMatchObject({ update_status: 'finished' });
  });

  it('a token that ends soon is warned of, and another one changes nothing else', async () => {
    const { api, shown } = await imported();
    const end = new Date(Date.now() + 2 * 86_400_000);
    const text = `${end.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
    scene.upstream.before = (_request, response) => {
      response.setHeader('github-authentication-token-expiration', text);
      return false;
    };
    await api.updated();
    expect(await shown()).toMatchObject({
      token_expires_at: `${end.toISOString().slice(0, 19)}.000Z`,
      token_warning: { code: 'upstream_token_expiring' },
    });
    scene.upstream.before = () => false;
    const before = await shown();
    await api.put({ auth_password: scene.settings.auth_password });
    expect(await api.settled()).toMatchObject({
      url: before.url,
      auth_user: before.auth_user,
      last_counts: before.last_counts,
      update_status: 'finished',
    });
    expect(await shown()).toMatchObject({ token_expires_at: null, token_warning: null });
  });

  it('an adaptive mirror follows an upstream that is busy without being asked', async () => {
    const { repo, api } = await imported();
    const changed = await api.put({ interval: 'adaptive' });
    expect(changed.data).toMatchObject({ interval: 'adaptive' });
    scene.source.commit('main', 'busy day');
    await until(() => scene.refs(repo)['refs/heads/main'] === scene.upstreamRefs()['refs/heads/main']);
    expect((await api.runs())[0]).toMatchObject({ cause: 'clock' });
  });
});
