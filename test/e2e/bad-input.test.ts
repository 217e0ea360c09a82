import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import type { TestRepo } from '../support/forge-admin';
import { startForgeDouble } from '../support/forge-double/forge-double';
import { GitUpstream } from '../support/git-upstream';
import { Headwater, type MirrorApi } from '../support/headwater';
import {
  answer,
  HostileUpstream,
  lists,
  packResult,
  refsListing,
  silent,
  uploadPackResult,
  type HostileBehaviour,
} from '../support/hostile-upstream';
import { expectTold } from '../support/expect-told';
import { Scene } from '../support/scene';
import { TempRepo } from '../support/temp-repo';

const oid = 'a'.repeat(40);

describe('bad input through the API', () => {
  let scene: Scene;
  /** One for each test: what an earlier test's mirror asks of its own is not counted here. */
  let hostile: HostileUpstream;
  /** Waits so short a time for an upstream that a busy machine makes an honest one look silent. */
  let impatient: Headwater;
  let api: MirrorApi;
  let repo: TestRepo;

  beforeAll(async () => {
    scene = await Scene.start({ name: 'the forge double', start: startForgeDouble }, { RIGHTS_CACHE: '0s' });
    scene.source.commit('main', 'one');
    impatient = await Headwater.start({
      forgeUrl: scene.forge.url,
      forgeToken: scene.botToken.token,
      settings: { ...scene.headwaterSettings, FETCH_IDLE_TIMEOUT: '500ms' },
    });
  }, 240_000);
  afterAll(async () => {
    await impatient.close();
    await scene.close();
  });
  beforeEach(async () => {
    hostile = await HostileUpstream.start();
    ({ repo, api } = await scene.project());
  });
  afterEach(() => hostile.close());

  /** Enrols and answers the error of the first run. */
  async function firstError(settings: object): Promise<unknown> {
    await api.put(settings);
    const { update_status, last_error } = await api.settled();
    expect(update_status).toBe('failed');
    expect(scene.refs(repo)).toEqual({});
    return last_error;
  }

  const refusal = async (settings: object): Promise<{ status: number; fault: { code: string } }> => {
    try {
      await api.put(settings);
    } catch (error) {
      const { status, response } = error as { status: number; response: { data: { code: string } } };
      return { status, fault: response.data };
    }
    throw new Error('it was accepted');
  };

  it.each([
    ['not a URL', 'what is this', 'url_invalid'],
    ['a forbidden scheme', 'file:///etc/passwd', 'url_scheme_forbidden'],
    ['a private address', 'http://10.0.0.1/p.git', 'url_blocked'],
    ['SSRF-01: in octal', 'http://0177.0.0.2/p.git', 'url_blocked'],
    ['SSRF-01: in hexadecimal', 'http://0x7f.2/p.git', 'url_blocked'],
    ['SSRF-01: as one number', 'http://2130706434/p.git', 'url_blocked'],
    ['SSRF-01: cut short', 'http://127.2/p.git', 'url_blocked'],
    ['SSRF-01: as IPv6', 'http://[::1]/p.git', 'url_blocked'],
    ['SSRF-01: as mapped IPv6', 'http://[::ffff:10.0.0.1]/p.git', 'url_blocked'],
    ['SSRF-01: of a cloud', 'http://169.254.169.254/latest', 'url_blocked'],
    ['SSRF-01: of nobody', 'http://0.0.0.0/p.git', 'url_blocked'],
    ['SSRF-01: of everybody', 'http://255.255.255.255/p.git', 'url_blocked'],
    ['SSRF-01: unique local', 'http://[fc00::1]/p.git', 'url_blocked'],
    ['SSRF-01: carrier grade', 'http://100.64.0.1/p.git', 'url_blocked'],
  ])('an address that is %s is refused and not stored', async (_, url, code) => {
    const { status, fault } = await refusal({ url });
    expect(status).toBe(400);
    expectTold(fault, code);
    await expect(api.mirror()).rejects.toMatchObject({ status: 404 });
  });

  it.each([
    ['unknown host', () => 'http://no-such-host.invalid/p.git', 'upstream_host_unknown'],
    ['connection refused', () => 'http://127.0.0.1:1/p.git', 'upstream_unreachable'],
    ['TLS where there is none', () => `https://127.0.0.1:${hostile.port}/p.git`, 'upstream_tls'],
    ['a path that is not there', () => scene.upstream.url('nowhere.git'), 'upstream_not_found'],
  ])('%s is told', async (_, url, code) => {
    expectTold(await firstError({ ...scene.settings, url: url() }), code);
  });

  it('429 is told, and the host is left alone', async () => {
    hostile.behaviour = { listing: answer(429, { 'retry-after': '60' }) };
    expectTold(await firstError({ ...scene.settings, url: hostile.url }), 'upstream_rate_limited');
    expect(hostile.requests).toHaveLength(1);
  });

  const corruptPack = packResult(
    Buffer.concat([Buffer.from('PACK\x00\x00\x00\x02\x00\x00\x00\x01'), Buffer.alloc(40, 7)]),
  );
  const listing = refsListing({ 'refs/heads/main': oid });
  it.each<[string, HostileBehaviour, string]>([
    ['a redirect', { listing: answer(302, { location: 'http://127.0.0.1:2/elsewhere.git' }) }, 'upstream_redirected'],
    ['401', { listing: answer(401, { 'www-authenticate': 'Basic' }) }, 'upstream_credentials_refused'],
    ['403', { listing: answer(403) }, 'upstream_forbidden'],
    ['404', { listing: answer(404) }, 'upstream_not_found'],
    ['500', { listing: answer(500) }, 'upstream_unavailable'],
    [
      'an HTML page with 200',
      { listing: answer(200, { 'content-type': 'text/html' }, '<html>Hello</html>') },
      'upstream_not_git',
    ],
    [
      'something that is no git server',
      { listing: answer(200, { 'content-type': 'text/plain' }, 'hello') },
      'upstream_not_git',
    ],
    ['a listing that was cut short', { listing: lists(listing.subarray(0, -10)) }, 'upstream_truncated'],
    [
      'a corrupt pack',
      { listing: lists(listing), rpc: answer(200, { 'content-type': uploadPackResult }, corruptPack) },
      'upstream_corrupt',
    ],
  ])('%s is told, and the password was tried at most once a request', async (_, behaviour, code) => {
    hostile.behaviour = behaviour;
    await expectToldOnce(code);
  });

  it.each<[string, HostileBehaviour]>([
    ['listing', { listing: silent }],
    ['fetching', { listing: lists(listing), rpc: silent }],
  ])(
    'a server that stalls while %s is told, and the password was tried at most once a request',
    async (_, behaviour) => {
      api = impatient.as(scene.token, repo.owner, repo.name);
      hostile.behaviour = behaviour;
      await expectToldOnce('upstream_stalled');
    },
  );

  async function expectToldOnce(code: string): Promise<void> {
    expectTold(await firstError({ ...scene.settings, url: hostile.url }), code);
    expect(hostile.requests.length).toBeLessThanOrEqual(2);
    expect(new Set(hostile.requests).size).toBe(hostile.requests.length);
  }

  it('a wrong password is told, after exactly one try', async () => {
    const { auth_user: user, auth_password: password } = scene.settings;
    const upstream = await GitUpstream.start({ root: scene.source.root, user, password });
    try {
      const wrong = { ...scene.settings, url: upstream.url(), auth_password: 'wrong' };
      expectTold(await firstError(wrong), 'upstream_credentials_refused');
      expect(upstream.authenticatedTries).toBe(1);
    } finally {
      await upstream.close();
    }
  });

  it('a missing password is told', async () => {
    expectTold(await firstError({ url: scene.upstream.url() }), 'upstream_auth_required');
  });

  it('an empty upstream and a SHA-256 upstream are told', async () => {
    const empty = new TempRepo('empty.git');
    const sha256 = new TempRepo('sha256.git', ['--object-format=sha256']);
    sha256.commit();
    try {
      for (const [source, code] of [
        [empty, 'upstream_empty'],
        [sha256, 'upstream_sha256'],
      ] as const) {
        const link = `${code}.git`;
        execFileSync('cp', ['-r', source.dir, join(scene.source.root, link)]);
        ({ repo, api } = await scene.project());
        expectTold(await firstError({ ...scene.settings, url: scene.upstream.url(link) }), code);
      }
    } finally {
      empty.remove();
      sha256.remove();
    }
  });

  it('a project that is missing, archived, a native mirror, or closed to the account is told at once', async () => {
    api = scene.headwater.as(scene.token, repo.owner, 'no-such-project');
    const missing = await refusal(scene.settings);
    expect(missing.status).toBe(404);
    expectTold(missing.fault, 'project_not_found');

    const closed = await scene.forge.createRepo(scene.maintainer.name, `closed-${Date.now()}`, { private: true });
    api = scene.headwater.as(scene.token, closed.owner, closed.name);
    const denied = await refusal(scene.settings);
    expectTold(denied.fault, 'forge_project_missing');
    expect(JSON.stringify(denied.fault)).toContain(scene.bot.name);

    await scene.forge.archive(repo.owner, repo.name, true);
    api = scene.headwater.as(scene.token, repo.owner, repo.name);
    expectTold((await refusal(scene.settings)).fault, 'forge_project_archived');

    const native = await scene.forge.createNativeMirror(
      scene.maintainer.name,
      `native-${Date.now()}`,
      withPassword(scene),
    );
    await scene.forge.addCollaborator(native.owner, native.name, scene.bot.name, 'write');
    api = scene.headwater.as(scene.token, native.owner, native.name);
    expectTold((await refusal(scene.settings)).fault, 'forge_project_is_native_mirror');
  });

  it('a project that is archived or deleted later fails the run with its code', async () => {
    await api.put(scene.settings);
    await api.settled();
    await scene.forge.archive(repo.owner, repo.name, true);
    expect((await api.updated()).error).toMatchObject({ code: 'forge_project_archived' });
    await scene.forge.archive(repo.owner, repo.name, false);
    await scene.forge.removeRepo(repo.owner, repo.name);
    const gone = await scene.headwater.cli(['mirror', 'list', '--json']);
    expect(gone.code).toBe(0);
  });

  it('a forge that is down is told, and the next run delivers', async () => {
    await api.put(scene.settings);
    await api.settled();
    scene.source.commit('main', `while away ${Date.now()}`);
    const name = `${repo.owner}/${repo.name}`;

    await scene.forge.goDown();
    const down = await scene.headwater.cli(['mirror', 'sync', name, '--json']);
    expect(down.code).toBe(1);
    expect(`${down.stdout}${down.stderr}`).toContain('forge_unreachable');
    await scene.forge.comeBack();

    expect((await api.updated()).status).toBe('finished');
    expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
  });

  it('malformed requests are told field by field, and unknown fields are refused', async () => {
    const wrong = await refusal({ url: 7, enabled: 'yes', repo_id: 1 });
    expect(wrong.status).toBe(400);
    expect(wrong.fault).toMatchObject({ code: 'input_invalid' });
    const { errors } = wrong.fault as unknown as { errors: { field: string }[] };
    expect(errors.map((error) => error.field).sort()).toEqual(['enabled', 'repo_id', 'url']);
  });

  it('a database that is locked for long is told, and nothing is lost', async () => {
    await api.put(scene.settings);
    await api.settled();
    const locker = spawn(process.execPath, [
      resolve(__dirname, '../support/sqlite-locker.cjs'),
      join(scene.headwater.dataDir, 'headwater.db'),
    ]);
    await once(locker.stdout, 'data');
    const error = await api.updateNow().then(
      () => null,
      (thrown: { status: number; response: { data: unknown } }) => thrown,
    );
    locker.stdin.end();
    await once(locker, 'exit');
    expect(error?.status).toBe(503);
    expectTold(error?.response.data, 'store_unavailable');
    expect((await api.updated()).status).toBe('finished');
  });
});

function withPassword(scene: Scene): string {
  const { auth_user, auth_password } = scene.settings;
  return scene.upstream.url().replace('://', `://${auth_user}:${auth_password}@`);
}
