import http from 'node:http';
import { promisify } from 'node:util';
import { openGate, type Gate, type GateOptions } from '../../../src/git-http/gate';
import { createRequester } from '../../../src/git-http/requester';
import { runGit } from '../../../src/git-http/run-git';
import { upstreamFault } from '../../../src/adapters/upstream/http-errors';
import { GitUpstream } from '../../support/git-upstream';
import { HostileUpstream, answer, silent } from '../../support/hostile-upstream';
import { TempRepo } from '../../support/temp-repo';
import { until } from '../../support/until';

const canary = 'canary-gate-55';
const authorization = `Basic ${Buffer.from(`bob:${canary}`).toString('base64')}`;
const repo = new TempRepo();
const requester = createRequester();
let server: GitUpstream;

beforeAll(async () => {
  repo.commit('main', 'x'.repeat(3_000_000));
  repo.git(['config', 'http.receivepack', 'true']);
  server = await GitUpstream.start({ root: repo.root, user: 'bob', password: canary });
});
afterAll(async () => {
  requester.close();
  await server.close();
  repo.remove();
});

function options(more: Partial<GateOptions> = {}): GateOptions {
  return {
    service: 'git-upload-pack',
    repository: new URL(server.url()),
    authorization,
    requester,
    idleTimeoutMs: 5_000,
    totalTimeoutMs: 30_000,
    maxReceivedBytes: 50_000_000,
    translate: upstreamFault({ host: 'upstream', hasCredentials: true, secrets: [canary], doing: 'fetching' }),
    ...more,
  };
}

async function withGate<T>(more: Partial<GateOptions>, work: (gate: Gate) => Promise<T>): Promise<T> {
  const gate = await openGate(options(more));
  try {
    return await work(gate);
  } finally {
    await gate.close();
  }
}

/** git with the gate's key in its environment, as the adapters pass it. */
function gitThrough(gate: Gate, args: readonly string[], cwd = repo.root): ReturnType<typeof runGit> {
  const env = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.extraHeader', GIT_CONFIG_VALUE_0: gate.header };
  return runGit({ args, cwd, env });
}

function ask(gate: Gate, method: string, path: string, withKey = true): Promise<{ status: number; text: string }> {
  const [name = '', value = ''] = gate.header.split(': ');
  return new Promise((resolve, reject) => {
    const request = http.request(
      new URL(path, gate.url),
      { method, headers: withKey ? { [name]: value } : {}, agent: false },
      (response) => {
        let text = JSON.stringify(response.headers);
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end();
  });
}

describe('the gate', () => {
  test('lets git fetch, and push a large pack, without a password', async () => {
    await withGate({}, async (gate) => {
      expect((await gitThrough(gate, ['clone', '-q', '--bare', gate.url, 'clone.git'])).exitCode).toBe(0);
      expect(gate.receivedBytes).toBeGreaterThan(1_000);
    });
    await withGate({ service: 'git-receive-pack' }, async (gate) => {
      const big = new TempRepo('big.git');
      const noise = Array.from({ length: 300_000 }, (_, i) => Math.sin(i).toString(36)).join('');
      const oid = big.commit('topic', noise);
      const pushed = await gitThrough(gate, ['push', '-q', gate.url, `${oid}:refs/heads/topic`], big.dir);
      big.remove();
      expect(pushed).toMatchObject({ exitCode: 0 });
      expect(gate.sentBytes).toBeGreaterThan(1_500_000);
      expect(repo.resolve('refs/heads/topic')).toBe(oid);
      expect(gate.fault).toBeNull();
    });
  });

  test('knows two requests of one service and nothing else', async () => {
    await withGate({}, async (gate) => {
      server.requests.length = 0;
      const others: [string, string][] = [
        ['GET', '/'],
        ['GET', '/repo.git/HEAD'],
        ['GET', '/repo.git/info/refs'],
        ['GET', '/repo.git/info/refs?service=git-receive-pack'],
        ['GET', '/repo.git/info/refs?service=git-upload-pack&x=1'],
        ['POST', '/repo.git/info/refs?service=git-upload-pack'],
        ['POST', '/repo.git/git-receive-pack'],
        ['PUT', '/repo.git/git-upload-pack'],
        ['GET', '/repo.git/../other.git/info/refs?service=git-upload-pack'],
        ['GET', 'http://evil.example/repo.git/info/refs?service=git-upload-pack'],
      ];
      for (const [method, path] of others) {
        const target = path.startsWith('http') ? new URL(gate.url).origin + path.slice('http:/'.length) : path;
        expect([method, path, (await ask(gate, method, target)).status]).toEqual([method, path, 404]);
      }
      expect(server.requests).toEqual([]);
    });
  });

  test('opens to nobody without its key, which is not in its address', async () => {
    await withGate({}, async (gate) => {
      const path = '/repo.git/info/refs?service=git-upload-pack';
      expect((await ask(gate, 'GET', path, false)).status).toBe(404);
      expect((await ask(gate, 'GET', path)).status).toBe(200);
      const key = gate.header.split(': ')[1] ?? '';
      expect(key.length).toBeGreaterThan(20);
      expect(gate.url).not.toContain(key);
    });
  });

  test('listens on the loopback address only, and not at all once closed', async () => {
    const gate = await openGate(options());
    expect(gate.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
    await gate.close();
    await gate.close();
    await expect(ask(gate, 'GET', '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test("hands on nothing of the server's refusal and shows no secret", async () => {
    const echo = answer(403, { 'x-echo': authorization, 'content-type': 'text/html' }, `you sent ${authorization}`);
    const hostile = await HostileUpstream.start({ listing: echo });
    await withGate({ repository: new URL(hostile.url) }, async (gate) => {
      const { status, text } = await ask(gate, 'GET', '/repo.git/info/refs?service=git-upload-pack');
      expect(status).toBe(502);
      expect(text).not.toMatch(/Basic|echo|canary/);
      expect(gate.fault?.code).toBe('upstream_forbidden');
    });
    await hostile.close();
  });

  test('after a fault, tries nothing again', async () => {
    server.authenticatedTries = 0;
    await withGate({ authorization: 'Basic d3Jvbmc6d3Jvbmc=' }, async (gate) => {
      const first = await gitThrough(gate, ['ls-remote', gate.url]);
      const second = await gitThrough(gate, ['ls-remote', gate.url]);
      expect([first.exitCode, second.exitCode]).toEqual([128, 128]);
      expect(gate.fault?.code).toBe('upstream_credentials_refused');
    });
    expect(server.authenticatedTries).toBe(1);
  });

  test('answers with the advertisement that it was given', async () => {
    await withGate({ advertisement: Buffer.from('ours') }, async (gate) => {
      server.requests.length = 0;
      const { text } = await ask(gate, 'GET', '/repo.git/info/refs?service=git-upload-pack');
      expect(text).toContain('ours');
      expect(server.requests).toEqual([]);
    });
  });

  test('a silent server is a fault; a client that takes its time is none', async () => {
    const hostile = await HostileUpstream.start({ listing: silent, rpc: silent });
    const more = { repository: new URL(hostile.url), idleTimeoutMs: 300 };
    await withGate(more, async (gate) => {
      await gitThrough(gate, ['ls-remote', gate.url]);
      expect(gate.fault?.code).toBe('upstream_stalled');
    });
    await withGate(more, async (gate) => {
      const [name = '', value = ''] = gate.header.split(': ');
      const request = http.request(`${gate.url}/git-upload-pack`, { method: 'POST', headers: { [name]: value } });
      request.on('error', () => {});
      request.write('0000');
      await promisify(setTimeout)(1_000);
      expect(gate.fault).toBeNull();
      request.end();
      await until(() => gate.fault !== null);
      expect(gate.fault?.code).toBe('upstream_stalled');
    });
    await hostile.close();
  });

  test('the total time ends everything', async () => {
    const hostile = await HostileUpstream.start({ listing: silent });
    await withGate({ repository: new URL(hostile.url), totalTimeoutMs: 300 }, async (gate) => {
      expect((await gitThrough(gate, ['ls-remote', gate.url])).exitCode).toBe(128);
      expect(gate.fault?.code).toBe('upstream_timeout');
    });
    await hostile.close();
  });

  test('a client that goes away ends the request to the server', async () => {
    let closed = false;
    const hostile = await HostileUpstream.start({
      listing: (request, response) => response.on('close', () => (closed = true)),
    });
    await withGate({ repository: new URL(hostile.url) }, async (gate) => {
      const [name = '', value = ''] = gate.header.split(': ');
      const request = http.get(`${gate.url}/info/refs?service=git-upload-pack`, { headers: { [name]: value } });
      request.on('error', () => {});
      while (hostile.requests.length === 0) await promisify(setTimeout)(10);
      request.destroy();
      for (let i = 0; i < 100 && !closed; i += 1) await promisify(setTimeout)(20);
      expect(closed).toBe(true);
      expect(gate.fault).toBeNull();
    });
    await hostile.close();
  });
});
