import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { compose, type App } from '../../../src/compose';
import { createUpstreamCheck } from '../../../src/compose/upstream-check';
import { Releaser } from '../../../src/compose/releaser';
import { parseConfig } from '../../../src/config';
import type { Role } from '../../../src/cli/cli-deps';
import { Secret } from '../../../src/domain/credentials';
import { HeadwaterError } from '../../../src/domain/errors';
import { parseUpstreamUrl } from '../../../src/domain/upstream-url';
import { createAddressPolicy } from '../../../src/git-http/address-policy';
import { enrolProject } from '../../../src/sync/enrol-project';

const token = 'canary-f0rge-token';
let folder: string;
let forge: Server;
let apps: App[];
let log: string;

/** Knows one project, which the add-on's account may push to. */
function startForge(): Promise<Server> {
  const project = {
    id: 1,
    owner: { id: 7, login: 'owner' },
    name: 'project',
    empty: true,
    archived: false,
    private: true,
    mirror: false,
    default_branch: 'main',
    permissions: { admin: true, push: true },
  };
  const answers: Record<string, object> = {
    '/api/v1/user': { login: 'headwater' },
    '/api/v1/repos/owner/project': project,
    '/api/v1/repositories/1': project,
  };
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    response.writeHead(answer === undefined ? 404 : 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answer ?? { message: 'not found' }));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function start(roles: readonly Role[], settings: Record<string, string> = {}): Promise<App> {
  const { port } = forge.address() as AddressInfo;
  const config = parseConfig({
    HEADWATER_FORGE_URL: `http://127.0.0.1:${port}`,
    HEADWATER_FORGE_TOKEN: token,
    HEADWATER_DATA_DIR: join(folder, 'data'),
    HEADWATER_LISTEN: '127.0.0.1:0',
    HEADWATER_SHUTDOWN_GRACE: '1s',
    ...settings,
  });
  const logTo = new PassThrough();
  logTo.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const app = await compose(config, { roles, logTo });
  apps.push(app);
  return app;
}

async function get(app: App, path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${app.url ?? ''}${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const redisSocket = () => join(folder, 'data', 'redis', 'redis.sock');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-compose-'));
  forge = await startForge();
  apps = [];
  log = '';
});
afterEach(async () => {
  for (const app of apps.reverse()) await app.close();
  forge.closeAllConnections();
  await new Promise((resolve) => forge.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

describe('compose', () => {
  it('serves everything from nothing but a forge and a folder, and lets go of it all', async () => {
    const app = await start(['web', 'worker']);
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    const ok = { status: 'ok' };
    expect(await get(app, '/readyz')).toEqual({
      status: 200,
      body: { status: 'ready', checks: { database: ok, queue: ok, forge: ok, live: ok } },
    });
    expect((await get(app, '/api/v1/repos/owner/project/mirror/pull')).status).toBe(401);
    await app.close();
    await expect(fetch(`${app.url ?? ''}/healthz`)).rejects.toThrow();
    expect(existsSync(redisSocket())).toBe(false);
    expect(log).not.toContain(token);
  });

  it('opens neither a port nor a Redis for a command, and keeps what is asked for until a server starts', async () => {
    const app = await start([]);
    expect(app.url).toBeNull();
    const enrolled = await enrolProject(app, { owner: 'owner', name: 'project' }, { url: 'https://a.example/b.git' });
    expect(enrolled.warnings.map((warning) => warning.code)).toEqual(['queue_unavailable']);
    expect(existsSync(join(folder, 'data', 'redis'))).toBe(false);
    const stored = await app.store.mirrorOfProject(1);
    expect(stored).toMatchObject({ status: 'scheduled', activeRunId: enrolled.requested?.run.id });
  });

  it('lets a command use the Redis of the server on the same folder', async () => {
    await start(['web']);
    const command = await start([]);
    await command.queue.ping();
    const enrolled = await enrolProject(
      command,
      { owner: 'owner', name: 'project' },
      { url: 'https://a.example/b.git' },
    );
    expect(enrolled.warnings).toEqual([]);
  });

  it('serves only health in the worker role', async () => {
    const app = await start(['worker']);
    expect((await get(app, '/healthz')).status).toBe(200);
    const answer = await get(app, '/api/v1/repos/owner/project/mirror/pull');
    expect([answer.status, answer.body['code']]).toEqual([404, 'route_not_found']);
  });

  it('does no runs in the web role, while a worker on the same folder does', async () => {
    const settings = { HEADWATER_ALLOWED_UPSTREAMS: '127.0.0.1', HEADWATER_PASS_INTERVAL: '1s' };
    const web = await start(['web'], settings);
    const { port } = forge.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/no/repository.git`;
    await enrolProject(web, { owner: 'owner', name: 'project' }, { url });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await web.store.mirrorOfProject(1))?.status).toBe('scheduled');
    await start(['worker'], settings);
    for (let waited = 0; (await web.store.mirrorOfProject(1))?.status !== 'failed'; waited += 50) {
      if (waited > 20_000) throw new Error(`no worker took the run: ${log}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await web.store.mirrorOfProject(1))?.lastError?.code).toBe('upstream_not_found');
  });

  it('keeps sealed passwords readable over a restart with the key in the data folder', async () => {
    const first = await start([]);
    const sealed = first.secrets.seal(new Secret('x'), 'here');
    await first.close();
    const second = await start([]);
    expect(second.secrets.open(sealed, 'here').reveal()).toBe('x');
  });

  it.each([['HEADWATER_LISTEN', { HEADWATER_LISTEN: 'TAKEN' }]])(
    'lets go of everything when %s turns out wrong',
    async (field, settings: Record<string, string>) => {
      const { port } = forge.address() as AddressInfo;
      const taken = Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [name, value.replace('TAKEN', `127.0.0.1:${port}`)]),
      );
      await expect(start(['web', 'worker'], taken)).rejects.toMatchObject({
        code: 'config_invalid',
        fieldFaults: [{ field }],
      });
      expect(existsSync(redisSocket())).toBe(false);
    },
  );

  it('says that the data folder cannot be made', async () => {
    await expect(start([], { HEADWATER_DATA_DIR: join(__filename, 'data') })).rejects.toMatchObject({
      fieldFaults: [{ field: 'HEADWATER_DATA_DIR' }],
    });
  });
});

describe('the check of a host when it is named', () => {
  const check = (allowed: readonly string[], host: string): string => {
    try {
      createUpstreamCheck(createAddressPolicy(allowed))(parseUpstreamUrl(`http://${host}/p.git`).url);
      return 'allowed';
    } catch (thrown) {
      if (thrown instanceof HeadwaterError) return thrown.code;
      throw thrown;
    }
  };

  it.each([
    ['127.0.0.1', [], 'url_blocked'],
    ['[::1]', [], 'url_blocked'],
    ['169.254.169.254', ['10.0.0.0/8'], 'url_blocked'],
    ['localhost', [], 'url_blocked'],
    ['git.localhost', [], 'url_blocked'],
    ['localhost', ['localhost'], 'allowed'],
    ['localhost', ['::1'], 'allowed'],
    ['10.1.2.3', ['10.0.0.0/8'], 'allowed'],
    ['127.0.0.1:3000', ['127.0.0.1:3000'], 'allowed'],
    ['127.0.0.1', ['127.0.0.1:3000'], 'url_blocked'],
    ['127.0.0.1', ['127.0.0.1:80'], 'allowed'],
    ['[::1]:3000', ['[::1]:3000'], 'allowed'],
    ['127.0.0.2:3000', ['127.0.0.1:3000'], 'url_blocked'],
    ['8.8.8.8', [], 'allowed'],
    ['git.example', [], 'allowed'],
  ])('takes %s with the exceptions %j for %s', (host, allowed, expected) => {
    expect(check(allowed, host)).toBe(expected);
  });
});

describe('the releaser', () => {
  it('closes in reverse, once, and everything even when one fails', async () => {
    const closed: string[] = [];
    const releaser = new Releaser();
    releaser.add(() => void closed.push('first'));
    releaser.add(() => Promise.reject(new Error('second')));
    releaser.add(async () => void closed.push('third'));
    await expect(Promise.all([releaser.close(), releaser.close()])).rejects.toThrow('second');
    expect(closed).toEqual(['third', 'first']);
  });
});
