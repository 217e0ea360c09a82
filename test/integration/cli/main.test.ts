import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../../..');
let folder: string;
let children: ChildProcess[];

interface Started {
  readonly child: ChildProcess;
  readonly told: { out: string; err: string };
  readonly ended: Promise<number | null>;
}

/** The process itself, from its sources. */
function headwater(args: readonly string[], settings: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', ...args], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      HEADWATER_FORGE_URL: 'http://127.0.0.1:1',
      HEADWATER_FORGE_TOKEN: 'canary-t0ken',
      HEADWATER_DATA_DIR: join(folder, 'data'),
      HEADWATER_LISTEN: '127.0.0.1:0',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const told = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (told.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (told.err += chunk.toString()));
  return { child, told, ended: once(child, 'close').then(([code]) => code as number | null) };
}

async function listening(started: Started): Promise<string> {
  for (let waited = 0; waited < 40_000; waited += 20) {
    const url = /is listening on (http:\S+)/.exec(started.told.err)?.[1];
    if (url !== undefined) return url;
    if (started.child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`it does not listen: ${started.told.out}${started.told.err}`);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-main-'));
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

describe('the process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 at %s, after it has stopped in order', async (signal) => {
    const started = headwater(['serve']);
    const url = await listening(started);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    started.child.kill(signal);
    expect(await started.ended).toBe(0);
    const messages = started.told.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages[0]).toBe('listening');
    expect(messages.slice(-2)).toEqual(['stopping', 'stopped']);
    expect(started.told.out + started.told.err).not.toContain('canary-t0ken');
  });

  it('ends at once at the second signal', async () => {
    const started = headwater(['serve']);
    const { hostname, port } = new URL(await listening(started));
    // Half a request, for which stopping waits a while.
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    // The answer to the first tells that the beginning of the second has arrived as well.
    const request = 'GET /healthz HTTP/1.1\r\n';
    socket.write(`${request}Host: headwater\r\n\r\n${request}`);
    await once(socket, 'data');
    started.child.kill('SIGTERM');
    while (!started.told.out.includes('"stopping"')) await new Promise((resolve) => setTimeout(resolve, 10));
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(1);
    expect(started.told.out).not.toContain('"stopped"');
    socket.destroy();
  });

  it('ends with 1 and every fault of the configuration', async () => {
    const started = headwater(['serve'], { HEADWATER_FORGE_URL: 'forge', HEADWATER_LEASE: 'x', HEADWATER_LEES: '1s' });
    expect(await started.ended).toBe(1);
    for (const name of ['HEADWATER_FORGE_URL', 'HEADWATER_LEASE', 'HEADWATER_LEES'])
      expect(started.told.err).toContain(`\n  ${name} `);
    expect(started.told.err).not.toMatch(/^\s+at /m);
  });

  it('SEC-11: a fault of ours ends it with one sentence, and with nothing of what was in its memory', async () => {
    const canary = 'canary-in-memory';
    const saboteur = join(folder, 'saboteur.js');
    // What libraries hang onto their errors: requests, headers, options.
    await writeFile(
      saboteur,
      `process.on('SIGUSR2', () => {
         const request = { headers: { authorization: '${canary}' } };
         void Promise.reject(Object.assign(new Error('oops http://me:${canary}@host/x'), { request, token: '${canary}' }));
       });`,
    );
    const started = headwater(['serve'], { NODE_OPTIONS: `--require ${saboteur}`, HEADWATER_LOG_LEVEL: 'debug' });
    await listening(started);
    const limits = await readFile(`/proc/${started.child.pid}/limits`, 'utf8');
    expect(limits).toMatch(/^Max core file size +0 +0 /m);
    started.child.kill('SIGUSR2');
    expect(await started.ended).toBe(1);
    expect(started.told.err.trim().split('\n').at(-1)).toBe(
      'headwater: Something went wrong inside Headwater, and the process ended. (internal)',
    );
    const last = JSON.parse(started.told.out.trim().split('\n').at(-1) ?? '{}') as { err: object };
    expect(Object.keys(last.err).sort()).toEqual(['message', 'stack', 'type']);
    expect(last.err).toMatchObject({ message: 'oops http://host/x' });
    expect(started.told.out + started.told.err).not.toContain(canary);
  });

  it('SEC-11: has no level of logging that would tell more than "debug"', async () => {
    const started = headwater(['serve'], { HEADWATER_LOG_LEVEL: 'trace' });
    expect(await started.ended).toBe(1);
    expect(started.told.err).toContain('\n  HEADWATER_LOG_LEVEL ');
  });

  it('runs a command and ends by itself', async () => {
    const started = headwater(['mirror', 'list', '--json']);
    expect(await started.ended).toBe(0);
    expect(started.told).toEqual({ out: '[]\n', err: '' });
  });

  it('ends quietly when nobody reads its output any more', async () => {
    const started = headwater(['serve', '--help']);
    started.child.stdout?.destroy();
    expect([0, null]).toContain(await started.ended);
    expect(started.told.err).toBe('');
  });
});
