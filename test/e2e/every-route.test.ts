import { setTimeout as sleep } from 'node:timers/promises';
import { Octokit } from '@octokit/rest';
import { routes } from '../../src/http/api/routes';
import { faultsOfAnswer } from '../support/declared-answers';
import { describeForges } from '../support/forges';
import { Scene } from '../support/scene';
import { describeSshd, SshServer } from '../support/ssh-server';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describeSshd('with a real sshd', () =>
  describeForges('every route of the API, with octokit', (choice) => {
    let scene: Scene;
    let sshd: SshServer;
    let first: string;
    const called = new Set<string>();
    /** What was answered otherwise than documented. */
    const undeclared: string[] = [];

    beforeAll(async () => {
      [scene, sshd] = await Promise.all([Scene.start(choice), SshServer.start()]);
      first = scene.source.commit('main', 'one');
      scene.source.commit('main', 'two');
      scene.source.commit('dev', 'three');
    }, 240_000);
    afterAll(async () => {
      await scene?.close();
      await sshd?.close();
    });

    /** Calls a route by its name in the table, as a script would. */
    function caller(token: string, place: { owner?: string; repo?: string } = {}) {
      const look: typeof fetch = async (input, init) => {
        const response = await fetch(input, init);
        const streams = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
        const { pathname, search } = new URL(response.url);
        undeclared.push(
          ...faultsOfAnswer({
            method: init?.method ?? 'GET',
            target: pathname + search,
            status: response.status,
            header: (name) => response.headers.get(name) ?? undefined,
            text: streams ? null : await response.clone().text(),
          }),
        );
        return response;
      };
      const baseUrl = `${scene.headwater.url}/api/v1`;
      const octokit = new Octokit({ auth: token, baseUrl, log: quiet, request: { fetch: look } });
      return async <T>(name: string, data?: object, path: object = {}, request: object = {}): Promise<T> => {
        called.add(name);
        const sent = { ...place, ...path, ...(data === undefined ? {} : { data }), request };
        return (await octokit.request(name.replace(/:(\w+)/g, '{$1}'), sent)).data as T;
      };
    }

    type Call = ReturnType<typeof caller>;
    interface MirrorState {
      readonly id: string;
      readonly update_status: string;
      readonly held: { readonly plan_id: string } | null;
      readonly active_run: object | null;
    }
    const pull = '/repos/:owner/:repo/mirror/pull';
    const settled = async (call: Call): Promise<MirrorState> => {
      for (const end = Date.now() + 60_000; ; await sleep(200)) {
        const state = await call<MirrorState>(`GET ${pull}`);
        if (state.active_run === null) return state;
        if (Date.now() > end) throw new Error(`the run does not end: ${JSON.stringify(state.active_run)}`);
      }
    };
    const mirrored = async (settings: object) => {
      const { repo } = await scene.project();
      const call = caller(scene.token, { owner: repo.owner, repo: repo.name });
      await call(`PUT ${pull}`, settings);
      await settled(call);
      return { repo, call };
    };

    it('of a mirror: made, looked at, updated, planned, paused, put back, ended', async () => {
      const { call, repo } = await mirrored({ ...scene.settings, divergence: 'overwrite_with_backup' });
      await call('POST /repos/:owner/:repo/mirror/test', scene.settings);
      await call('POST /repos/:owner/:repo/mirror-sync');
      await settled(call);
      await call(`POST ${pull}/plan`);

      scene.source.git(['update-ref', 'refs/heads/main', first]);
      scene.source.commit('main', 'written anew');
      const { id } = await call<{ id: string }>(`POST ${pull}`);
      await settled(call);
      expect(scene.refs(repo)).toMatchObject(scene.upstreamRefs());
      expect((await call<{ id: string }[]>(`GET ${pull}/runs`)).map((run) => run.id)).toContain(id);
      await call(`GET ${pull}/runs/:id`, undefined, { id });
      const [kept] = await call<{ id: string; commit: string }[]>(`GET ${pull}/backups`);
      await call(`POST ${pull}/backups/:id/restore`, undefined, { id: kept?.id });
      expect(scene.refs(repo)['refs/heads/main']).toBe(kept?.commit);
      await call(`POST ${pull}/runs/:id/undo`, undefined, { id });

      const end = new AbortController();
      const streamed = { signal: end.signal, parseSuccessResponseBody: false };
      const stream = await call<ReadableStream<Uint8Array>>(`GET ${pull}/events`, undefined, {}, streamed);
      const { value } = await stream.getReader().read();
      expect(Buffer.from(value ?? []).toString()).toMatch(/^event: state\ndata: \{/);
      end.abort();

      await call(`POST ${pull}/webhook`);
      await call(`DELETE ${pull}/webhook`);
      await call(`PUT ${pull}`, { notify_url: `${scene.forge.url}/nowhere` });
      await call(`POST ${pull}/notify_secret`);
      await call(`POST ${pull}/stop`);
      await call(`POST ${pull}/pause`);
      await call(`POST ${pull}/resume`);
      await settled(call);
      const audit = await call<{ action: string }[]>('GET /repos/:owner/:repo/mirror/audit');
      expect(audit.map(({ action }) => action)).toContain('mirror.paused');
      await call(`DELETE ${pull}`);

      // A project with content of its own: what its first run would overwrite is held.
      scene.source.git(['update-ref', 'refs/heads/main', first]);
      scene.source.commit('main', 'once more');
      await call(`PUT ${pull}`, { ...scene.settings, divergence: 'overwrite' });
      const { held } = await settled(call);
      await call(`POST ${pull}/accept`, { plan_id: held?.plan_id });
      await settled(call);
      expect(scene.refs(repo)).toMatchObject(scene.upstreamRefs());
    }, 240_000);

    it('of a mirror over SSH: its host keys and its own key', async () => {
      const { call } = await mirrored({ url: sshd.url(scene.source.dir) });
      const [seen] = await call<{ fingerprint_sha256: string }[]>(`POST ${pull}/host_keys`);
      await call(`POST ${pull}/host_keys/accept`, { fingerprint: seen?.fingerprint_sha256 });
      await settled(call);
      const { ssh_public_key: key } = await call<{ ssh_public_key: string }>(`POST ${pull}/ssh_key`);
      sshd.authorize(key);
      await call(`POST ${pull}`);
      expect((await settled(call)).update_status).toBe('finished');
    });

    it('of projects that are made with their mirror, and of push mirrors', async () => {
      const { token } = await scene.forge.createToken(scene.maintainer, ['write:user', 'write:repository']);
      const { call: atTarget, repo: target } = await mirrored(scene.settings);
      const { name: user, password } = scene.maintainer;
      const call = caller(token, { owner: user, repo: 'made' });
      await call('POST /repos/mirror', { ...scene.settings, owner: user, name: 'made' });
      await settled(call);
      await atTarget(`DELETE ${pull}`);

      const push = '/repos/:owner/:repo/mirror/push';
      const url = `${scene.forge.url}/${target.owner}/${target.name}.git`;
      // The forge may still be about to push on what was imported.
      const settings = { url, auth_user: user, auth_password: password, sync_on_commit: false };
      const { name } = await call<{ name: string }>(`POST ${push}`, settings);
      const listed = await call<{ push_mirrors: object[] }>(`GET ${push}`);
      expect(listed.push_mirrors).toMatchObject([{ name }]);
      await call(`GET ${push}/:name`, undefined, { name });
      await call(`POST ${push}/sync`);
      expect(scene.refs(target)).toEqual(scene.upstreamRefs());
      await call(`DELETE ${push}/:name`, undefined, { name });
    });

    it('for site admins: all mirrors, many at once, what is allowed, and who did what', async () => {
      const { call: mine } = await mirrored(scene.settings);
      const { id } = await settled(mine);
      const call = caller(scene.forge.adminToken);
      expect((await call<{ id: string }[]>('GET /admin/mirrors')).map((mirror) => mirror.id)).toContain(id);
      for (const verb of ['sync', 'pause', 'resume'])
        expect(await call(`POST /admin/mirrors/${verb}`, { ids: [id] })).toEqual({ done: 1, failed: [] });
      await call('PATCH /admin/policy', { push_mirrors: false });
      expect(await call('GET /admin/policy')).toMatchObject({ push_mirrors: false });
      expect((await call<object[]>('GET /admin/audit')).length).toBeGreaterThan(5);
      await settled(mine);
    });

    it('was called, and answered as it is documented', () => {
      const all = routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
      expect(all.filter((name) => !called.has(name))).toEqual([]);
      expect(undeclared).toEqual([]);
    });
  }),
);
