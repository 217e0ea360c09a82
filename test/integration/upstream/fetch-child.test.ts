import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeBareRepository } from '../../../src/adapters/cache/bare-repository';
import { FetchChild } from '../../../src/adapters/upstream/fetch-child';
import { childEndFault } from '../../../src/adapters/upstream/fetch-errors';
import type { RefListing } from '../../../src/ports/upstream';
import { accessTo, faultOf, never, openUpstream } from '../../support/git-upstream-access';
import { GitUpstream } from '../../support/git-upstream';
import { HostileUpstream, silent } from '../../support/hostile-upstream';
import { TempRepo } from '../../support/temp-repo';
import { until } from '../../support/until';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'headwater-test-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const listing: RefListing = {
  refs: new Map(),
  invalidNames: [],
  defaultBranch: null,
  digest: '',
  capabilities: ['multi_ack'],
  receivedBytes: 0,
};
const roomy = { memoryBytes: 2 ** 31, cpuSeconds: 60, fileBytes: 2 ** 30 };

/** A fetch by a child that runs the given program instead of ours. */
async function fetchBy(program: string, options: Parameters<typeof openUpstream>[0] = {}) {
  const entry = path.join(folder, `child-${Math.random().toString(36).slice(2)}.js`);
  fs.writeFileSync(entry, `process.stdin.once('data', (job) => {\n${program}\n});`);
  const cacheDir = fs.mkdtempSync(path.join(folder, 'cache-'));
  await makeBareRepository(cacheDir);
  const upstream = openUpstream({ fetchChildEntry: entry, ...options });
  const work = upstream.fetch({
    access: accessTo('http://127.0.0.1:1/x'),
    listing,
    cacheDir,
    wanted: ['a'.repeat(40)],
    onProgress: () => {},
    signal: never,
  });
  try {
    return await faultOf(work);
  } finally {
    await upstream.close();
    expect(fs.readdirSync(path.join(cacheDir, 'objects', 'pack'))).toEqual([]);
  }
}

describe('a fetch child that fails (CRASH-02)', () => {
  const cases: readonly [string, string, string, RegExp][] = [
    ['crashes', "process.kill(process.pid, 'SIGSEGV');", 'fetch_crashed', /SIGSEGV/],
    ['aborts', 'process.abort();', 'fetch_crashed', /SIGABRT/],
    ['is killed', "process.kill(process.pid, 'SIGKILL');", 'fetch_crashed', /SIGKILL/],
    ['ends without a result', 'process.exit(0);', 'fetch_crashed', /exit code 0, no result/],
    ['fails to run', "throw new Error('oops');", 'fetch_crashed', /exit code 1, no result/],
    ['talks nonsense', "console.log('hello'); setTimeout(() => {}, 60000);", 'fetch_crashed', /should not/],
    [
      'sends what nobody expects',
      "console.log(JSON.stringify({type: 'done', refs: ['x']})); setTimeout(() => {}, 60000);",
      'fetch_crashed',
      /should not/,
    ],
    [
      'sends numbers that are none',
      "console.log(JSON.stringify({type: 'progress', phase: 'receiving', done: -1, total: 1e300, bytes: 0})); setTimeout(() => {}, 60000);",
      'fetch_crashed',
      /should not/,
    ],
    [
      'sends a line without end',
      "const s = 'x'.repeat(65536); (function w() { process.stdout.write(s, w); })();",
      'fetch_crashed',
      /should not/,
    ],
    [
      'meets the limit of file sizes',
      "for (;;) require('fs').appendFileSync(__filename + '.big', Buffer.alloc(1e6));",
      'fetch_limit',
      /bytes in one file/,
    ],
    [
      'reports the limit of file sizes',
      "console.log(JSON.stringify({type: 'failed', message: 'failed to write: File too large', missing: false}));",
      'fetch_limit',
      /bytes in one file/,
    ],
    [
      'takes too much memory',
      'const all = []; for (;;) all.push(Buffer.alloc(10e6, 1));',
      'fetch_limit',
      /bytes of memory/,
    ],
    [
      'says that the disk is full',
      "console.log(JSON.stringify({type: 'failed', message: 'failed to write: No space left on device', missing: false}));",
      'disk_full',
      /disk/,
    ],
  ];
  test.each(cases)('%s', async (_, program, code, text) => {
    const fault = await fetchBy(program, {
      idleTimeoutMs: 50_000,
      maxFetchBytes: 20_000_000,
      maxFetchMemoryBytes: 600_000_000,
    });
    expect([fault.code, fault.message]).toEqual([code, expect.stringMatching(text)]);
  });
});

test('a fetch child that burns processor time is stopped', async () => {
  const entry = path.join(folder, 'busy.js');
  fs.writeFileSync(entry, 'for (;;);');
  const child = new FetchChild({ entry, limits: { ...roomy, cpuSeconds: 1 } });
  const end = await child.ended;
  const context = { host: 'upstream.example', ...roomy, cpuSeconds: 1 };
  expect(childEndFault(end, context, false).message).toBe(
    'The fetch went over its limit of 1 seconds of processor time.',
  );
});

describe('a fetch child that hangs (NET-01)', () => {
  test('is killed once nothing has moved for the time', async () => {
    // Otherwise the time for the whole would have ended it, with another fault.
    const fault = await fetchBy('setInterval(() => {}, 1000);', { idleTimeoutMs: 500 });
    expect([fault.code, fault.message]).toEqual(['fetch_crashed', expect.stringContaining('nothing moved')]);
  });

  test('SCHED-10: is killed at the end of the total time, however busy it looks, before anybody hears of it', async () => {
    const pidFile = path.join(folder, 'busy-pid');
    const busy = `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => console.log(JSON.stringify({type: 'progress', phase: 'receiving', done: 1, total: 2, bytes: 3})), 50);`;
    const fault = await fetchBy(busy, { idleTimeoutMs: 50_000, totalTimeoutMs: 5_000 });
    expect(fault.code).toBe('upstream_timeout');
    // Whoever waits for the fetch hears of its end only when the work has ended, so its slot is free then and not before.
    expect(isAlive(Number(fs.readFileSync(pidFile, 'utf8')))).toBe(false);
  });

  test('takes what it started with it', async () => {
    const pidFile = path.join(folder, 'grandchild');
    const program = `const c = require('child_process').spawn('sleep', ['60'], {stdio: 'inherit'});
      require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(c.pid));
      console.log('for which it is killed');`;
    await fetchBy(program);
    await until(() => !isAlive(Number(fs.readFileSync(pidFile, 'utf8'))));
  });
});

describe('what a fetch child is given', () => {
  const canary = 'canary-secret-91b2';
  /** The fetch children of this process. */
  const fetchChildren = (): number[] =>
    fs
      .readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => {
        const [status, cmdline] = [read(pid, 'status'), read(pid, 'cmdline')];
        return new RegExp(`^PPid:\\s+${process.pid}$`, 'm').test(status) && cmdline.includes('fetch-child');
      });
  const read = (pid: number, file: string): string => {
    try {
      return fs.readFileSync(`/proc/${pid}/${file}`, 'latin1').split('\0').join('\n');
    } catch {
      return '';
    }
  };

  test('no secret, in its command line or its environment, and no proxy (SEC-01, SEC-10, SSRF-10)', async () => {
    const server = await HostileUpstream.start({ rpc: silent });
    process.env['HTTPS_PROXY'] = 'http://proxy.example';
    process.env['GIT_DIR'] = '/tmp/elsewhere';
    const upstream = openUpstream();
    const abort = new AbortController();
    const cacheDir = fs.mkdtempSync(path.join(folder, 'cache-'));
    await makeBareRepository(cacheDir);
    try {
      const work = upstream.fetch({
        access: accessTo(server.url, 'bob', canary),
        listing,
        cacheDir,
        wanted: ['a'.repeat(40)],
        onProgress: () => {},
        signal: abort.signal,
      });
      const settled = work.catch((error: Error) => error.message);
      while (server.requests.length === 0) await sleep(20);
      const [pid = 0] = fetchChildren();
      const [cmdline, environ] = [read(pid, 'cmdline'), read(pid, 'environ')];
      expect(cmdline).toContain('fetch-child');
      for (const text of [cmdline, environ]) expect(text).not.toMatch(/canary|127\.0\.0\.1|headwater-gate|Basic/i);
      expect(
        environ
          .trim()
          .split('\n')
          .map((line) => line.split('=')[0])
          .sort(),
      ).toEqual(['HOME', 'LC_ALL', 'PATH']);
      expect(read(pid, 'limits')).toMatch(/core file size +0 +0/);
      expect(server.authorizations[0]).toBe(`Basic ${Buffer.from(`bob:${canary}`).toString('base64')}`);
      abort.abort(new Error('enough seen'));
      expect(await settled).toBe('enough seen');
    } finally {
      delete process.env['HTTPS_PROXY'];
      delete process.env['GIT_DIR'];
      await upstream.close();
      await server.close();
    }
  });

  test('it dies with its parent (CRASH-03)', async () => {
    const pidFile = path.join(folder, 'orphan');
    const script = path.join(folder, 'parent.js');
    // A parent that starts the real child, writes down its id and is killed.
    fs.writeFileSync(
      script,
      `const { FetchChild } = require(${JSON.stringify(require.resolve('../../../src/adapters/upstream/fetch-child.ts'))});
       const child = new FetchChild({ limits: ${JSON.stringify(roomy)} });
       require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
       setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1500);`,
    );
    expect(() => execFileSync(process.execPath, ['--require', require.resolve('tsx/cjs'), script])).toThrow();
    const pid = Number(fs.readFileSync(pidFile, 'utf8'));
    // It may still be loading its libraries.
    await until(() => !isAlive(pid), 40_000);
  });

  test('a spare that died in the meantime is not missed', async () => {
    const repo = new TempRepo();
    repo.commit();
    const server = await GitUpstream.start({ root: repo.root });
    const upstream = openUpstream({ keepSpareChild: true });
    for (const pid of fetchChildren()) process.kill(pid, 'SIGKILL');
    await sleep(200);
    const cacheDir = fs.mkdtempSync(path.join(folder, 'cache-'));
    await makeBareRepository(cacheDir);
    const access = accessTo(server.url());
    const real = await upstream.list(access, never);
    const wanted = [...real.refs.values()];
    const { receivedBytes } = await upstream.fetch({
      access,
      listing: real,
      cacheDir,
      wanted,
      onProgress: () => {},
      signal: never,
    });
    await upstream.close();
    await server.close();
    repo.remove();
    expect(receivedBytes).toBeGreaterThan(0);
  });

  test('a child that cannot be started at all is a crash', async () => {
    const child = new FetchChild({ entry: '/no/such/program.js', limits: roomy });
    child.start({}, () => {});
    expect((await child.ended).exitCode).not.toBe(0);
  });
});

function isAlive(pid: number): boolean {
  try {
    // A zombie answers to signal 0 as well.
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
