import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describeForges } from '../support/forges';
import { Scene } from '../support/scene';
import { until } from '../support/until';

const run = promisify(execFile);
const hookIntervalMs = 1_000;

describeForges('a webhook of the upstream, which is a forge too', (choice) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.start(choice, { HOOK_DELAY: '200ms', HOOK_INTERVAL: `${hookIntervalMs}ms` });
  }, 240_000);
  afterAll(() => scene.close());

  it.each(['gitea', 'forgejo'] as const)('of type %s brings a push into the project within seconds', async (type) => {
    const { forge, maintainer, source } = scene;
    const upstream = await forge.createRepo(maintainer.name, `upstream-${type}`);
    const address = `${forge.url}/${upstream.owner}/${upstream.name}.git`;
    const push = async () => {
      const signedIn = address.replace('://', `://${maintainer.name}:${maintainer.password}@`);
      // Not synchronous: the double answers in this very process.
      await run('git', ['push', '-q', signedIn, 'refs/heads/*:refs/heads/*'], { cwd: source.dir });
    };
    source.commit('main', `${type} one`);
    await push();

    const { repo, api } = await scene.project();
    await api.put({ url: address });
    expect((await api.settled()).update_status).toBe('finished');
    expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
    const made = await api.call<{ webhook: { url: string; secret: string } }>('POST', '/webhook');
    expect(made.status).toBe(201);
    const began = Date.now();
    await forge.addWebhook(upstream, { ...made.data.webhook, events: ['push', 'create', 'delete'], type });

    source.commit('main', `${type} two`);
    source.commit('topic', `${type} three`);
    await push();
    await until(() => JSON.stringify(scene.refs(repo)) === JSON.stringify(scene.upstreamRefs()));
    await api.settled();
    const causes = (await api.runs()).map(({ cause }) => cause);
    const intervals = Math.ceil((Date.now() - began) / hookIntervalMs);
    expect(causes.at(-1)).toBe('enrolled');
    const asked = causes.slice(0, -1);
    expect(new Set(asked)).toEqual(new Set(['upstream_hook']));
    // Three deliveries or more, and no more runs than the interval lets through.
    expect(asked.length).toBeLessThanOrEqual(intervals);
    const { data } = await api.call<{ webhook: { last_delivery_at: string; secret?: string } }>('GET');
    expect(data.webhook.last_delivery_at).not.toBeNull();
    expect(data.webhook).not.toHaveProperty('secret');
    expect(scene.headwater.output).not.toContain(made.data.webhook.secret);
  });

  it('with a wrong secret brings nothing (WH-01)', async () => {
    const { repo, api } = await scene.project();
    await api.put(scene.settings);
    await api.settled();
    const { url } = (await api.call<{ webhook: { url: string } }>('POST', '/webhook')).data.webhook;
    const answer = await fetch(url, { method: 'POST', body: '{}', headers: { 'x-headwater-token': 'wrong' } });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'delivery_refused']);
    expect((await api.runs()).length).toBe(1);
    expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
  });
});
