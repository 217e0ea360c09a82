import { randomBytes } from 'node:crypto';
import { startForgeDouble } from '../support/forge-double/forge-double';
import { Headwater } from '../support/headwater';
import { postgresBinaries, startPostgres, type TestPostgres } from '../support/postgres';
import { startRedis, type TestRedis } from '../support/redis';
import { Scene } from '../support/scene';

const missing = postgresBinaries === null ? ' (skipped: PostgreSQL is not installed)' : '';

(missing === '' ? describe : describe.skip)(
  `web and worker apart, on PostgreSQL and a Redis of the admin${missing}`,
  () => {
    let postgres: TestPostgres;
    let redis: TestRedis;
    let scene: Scene;
    let worker: Headwater;

    const startWorker = () =>
      Headwater.start({
        forgeUrl: scene.forge.url,
        forgeToken: scene.botToken.token,
        settings: scene.headwaterSettings,
        role: 'worker',
      });

    beforeAll(async () => {
      [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
      const settings = {
        DATABASE_URL: await postgres.createDatabase(),
        REDIS_URL: redis.url,
        SECRET_KEY: randomBytes(32).toString('base64'),
        // A round every second; the lease is long, since one of two workers may be kept waiting for the processor.
        PASS_INTERVAL: '1s',
        UPDATE_INTERVAL: '1h',
      };
      scene = await Scene.start({ name: 'the forge double', start: startForgeDouble }, settings, 'web');
      scene.source.commit('main', 'one');
      worker = await startWorker();
    }, 240_000);
    afterAll(async () => {
      await worker.close();
      await scene.close();
      await redis.close();
      await postgres.close();
    });

    it('imports and follows', async () => {
      const { repo, api } = await scene.project();
      await api.put(scene.settings);
      expect(await api.settled()).toMatchObject({ update_status: 'finished', last_error: null });
      scene.source.commit('main', `two ${Date.now()}`);
      expect(await api.updated()).toMatchObject({ counts: { fast_forwarded: 1 } });
      expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
    });

    it('the web process shows what the worker is doing', async () => {
      const { repo, api } = await scene.project();
      await api.put({ ...scene.settings, enabled: false });
      const aborted = new AbortController();
      const url = `${scene.headwater.url}/api/v1/repos/${repo.owner}/${repo.name}/mirror/pull/events`;
      const events = await fetch(url, { headers: { authorization: `token ${scene.token}` }, signal: aborted.signal });
      await api.put({ enabled: true });
      let seen = '';
      const decoder = new TextDecoder();
      for await (const chunk of events.body as unknown as AsyncIterable<Uint8Array>) {
        seen += decoder.decode(chunk, { stream: true });
        if (/event: run\ndata: [^\n]*"status":"finished"/.test(seen)) break;
      }
      aborted.abort();
      expect(seen).toContain('event: progress');
    });

    it('a web process alone takes the request, and any worker that comes does it', async () => {
      const { repo, api } = await scene.project();
      await worker.stop('SIGKILL');
      await api.put(scene.settings);
      expect(await api.mirror()).toMatchObject({ update_status: 'scheduled' });
      await worker.start();
      await api.until((mirror) => mirror.update_status === 'finished');
      expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
    });

    it('two workers share the mirrors, and no run is done twice', async () => {
      const second = await startWorker();
      try {
        const projects = await Promise.all(Array.from({ length: 6 }, () => scene.project()));
        await Promise.all(projects.map(({ api }) => api.put(scene.settings)));
        await Promise.all(projects.map(({ api }) => api.settled()));
        for (const { repo, api } of projects) {
          expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
          expect(await api.runs()).toHaveLength(1);
        }
      } finally {
        await second.close();
      }
    });
  },
);
