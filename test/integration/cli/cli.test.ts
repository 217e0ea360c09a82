import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fault, HeadwaterError } from '../../../src/domain/errors';
import type { Mirror } from '../../../src/domain/mirror';
import { noCounts, type Run } from '../../../src/domain/run';
import { followUp } from '../../../src/sync/follow-up';
import { MemoryLogger } from '../../fakes/memory-logger';
import { buildPolicy } from '../../support/builders';
import { until } from '../../support/until';
import { cliBench, type CliBench } from './cli-bench';

const url = 'https://upstream.example/group/project.git';
const password = 'canary-passw0rd-77aa';
const set = ['mirror', 'set', 'owner/project', '--url', url];

/** Ends the waiting run as a worker would. */
function work(bench: CliBench, end: (run: Run) => Partial<Run>): void {
  bench.queue.work(async (job) => {
    const progress = { phase: 'receiving', done: 3, total: 9, bytes: 2048 } as const;
    bench.notices.publish(job.mirrorId, { type: 'run.progressed', runId: job.runId, ...progress });
    await bench.store.transaction(async (tx) => {
      const run = await tx.run(job.runId);
      const mirror = await tx.mirror(job.mirrorId);
      if (run === null || mirror === null) throw new Error('the run is gone');
      const ended = { ...run, ...end(run) };
      await tx.saveRun(ended);
      await tx.saveMirror({ ...mirror, activeRunId: null, status: ended.status === 'failed' ? 'failed' : 'finished' });
    });
  }, 1);
}

async function known<T>(looked: Promise<T | null>): Promise<T> {
  const found = await looked;
  if (found === null) throw new Error('it is gone');
  return found;
}

const finished = { status: 'finished', counts: { ...noCounts, created: 2 }, receivedBytes: 2048 } as const;

describe('headwater mirror set', () => {
  it('creates the mirror, with the password from standard input', async () => {
    const bench = cliBench();
    const answer = await bench.run([...set, '--user', 'reader', '--password-stdin'], { input: `${password}\n` });
    expect(answer).toMatchObject({ code: 0, err: '' });
    expect(answer.out).toContain('The mirror of owner/project was created.');
    expect(answer.out).toMatch(/^password +stored$/m);
    expect(answer.out).not.toContain(password);
    const stored = await bench.store.mirrorOfProject(1);
    expect(stored?.sealedPassword).toContain(`"${password}"`);
    expect(bench.queue.waiting).toHaveLength(1);
    expect(bench.open.count).toBe(0);
  });

  it('reads the password from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'headwater-cli-'));
    try {
      await writeFile(join(folder, 'password'), `${password}\r\n`);
      const bench = cliBench();
      const answer = await bench.run([...set, '--password-file', join(folder, 'password')]);
      expect(answer.code).toBe(0);
      expect((await bench.store.mirrorOfProject(1))?.sealedPassword).toContain(`"${password}"`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says with --json what the API says, warnings included', async () => {
    const bench = cliBench();
    const args = [
      'mirror',
      'set',
      'owner/project',
      '--json',
      '--url',
      `https://me:${password}@upstream.example/group/project.git`,
    ];
    const answer = await bench.run(args);
    expect(JSON.parse(answer.out)).toMatchObject({
      url,
      update_status: 'scheduled',
      has_password: false,
      active_run: { status: 'queued' },
      warnings: [{ code: 'url_credentials_ignored' }],
    });
    expect(answer.err).toContain('warning: The user name or password inside the URL was ignored');
    expect(answer.out + answer.err).not.toContain(password);
  });

  it('changes an existing mirror, and switches it off and on', async () => {
    const bench = cliBench();
    await bench.run(set);
    expect((await bench.run(['mirror', 'set', 'owner/project', '--disable'])).out).toMatch(/^state +switched off$/m);
    const on = await bench.run(['mirror', 'set', 'owner/project', '--enable', '--json']);
    expect(JSON.parse(on.out)).toMatchObject({ enabled: true, url });
  });

  it.each([
    ['no such project', ['mirror', 'set', 'owner/nowhere', '--url', url], 'forge_project_missing'],
    ['no URL', ['mirror', 'set', 'owner/project'], 'input_invalid'],
    ['a forbidden scheme', ['mirror', 'set', 'owner/project', '--url', 'ext::sh'], 'url_scheme_forbidden'],
    ['a private address', ['mirror', 'set', 'owner/project', '--url', 'http://127.0.0.1/a.git'], 'url_blocked'],
    ['a path that is none', ['mirror', 'set', '../../admin', '--url', url], 'input_invalid'],
    ['a password file that is not there', [...set, '--password-file', '/nowhere/at/all'], 'input_invalid'],
  ])('fails with 1 and the code for %s', async (_name, args, code) => {
    const bench = cliBench();
    const answer = await bench.run(args);
    expect(answer.code).toBe(1);
    expect(answer.out).toBe('');
    expect(answer.err).toMatch(/^headwater: \S.*\. .*\. /);
    expect(answer.err).toContain(`(${code})`);
    expect(answer.err).not.toMatch(/^\s+at /m);
    const json = await bench.run([...args, '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ error: { code, message: expect.any(String) } });
    expect(bench.open.count).toBe(0);
  });

  it('refuses a password that is too long or has a line break in the middle', async () => {
    const bench = cliBench();
    const long = await bench.run([...set, '--password-stdin'], { input: 'x'.repeat(20_000) });
    expect(long.err).toContain('--password-stdin is longer than 16384 bytes');
    const broken = await bench.run([...set, '--password-stdin'], { input: 'a\nb\n' });
    expect([broken.code, broken.err]).toEqual([1, expect.stringContaining('auth_password must not have control')]);
  });

  it('knows no option that takes a password as an argument', async () => {
    const answer = await cliBench().run([...set, '--password', password]);
    expect(answer.code).toBe(2);
    expect(answer.err).toContain("unknown option '--password'");
  });
});

describe('headwater mirror show and list', () => {
  it('shows one mirror to people and to programs', async () => {
    const bench = cliBench();
    await bench.run(set);
    const shown = await bench.run(['mirror', 'show', 'owner/project']);
    expect(shown.out).toMatch(/^upstream +https:\/\/upstream\.example\/group\/project\.git$/m);
    expect(shown.out).toMatch(/^next update +2026-01-01 06:00:00 UTC$/m);
    const json = await bench.run(['mirror', 'show', 'owner/project', '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ project: { full_name: 'owner/project' }, update_status: 'scheduled' });
  });

  it('finds a mirror by its last known name when the forge is down, and says why', async () => {
    const bench = cliBench();
    await bench.run(set);
    bench.forge.down = true;
    const answer = await bench.run(['mirror', 'show', 'Owner/Project']);
    expect(answer.code).toBe(0);
    expect(answer.err).toContain('(forge_unreachable)');
  });

  it('fails for a project without a mirror', async () => {
    const answer = await cliBench().run(['mirror', 'show', 'owner/project']);
    expect([answer.code, answer.err]).toEqual([1, expect.stringContaining('(mirror_not_found)')]);
  });

  it('lists every mirror, over more than one page', async () => {
    const bench = cliBench();
    for (let id = 2; id <= 120; id += 1) {
      bench.forge.addProject({ id, name: `project-${id}` });
      await bench.run(['mirror', 'set', `owner/project-${id}`, '--url', url]);
    }
    const listed = await bench.run(['mirror', 'list', '--json']);
    expect(JSON.parse(listed.out)).toHaveLength(119);
    const lines = (await bench.run(['mirror', 'list'])).out.trim().split('\n');
    expect(lines).toHaveLength(120);
    expect(lines[0]).toMatch(/^PROJECT +STATE +LAST SUCCESS +NEXT UPDATE +UPSTREAM$/);
  });

  it('says that there is none yet', async () => {
    expect((await cliBench().run(['mirror', 'list'])).out).toContain('no mirrors yet');
    expect((await cliBench().run(['mirror', 'list', '--json'])).out).toBe('[]\n');
  });
});

describe('headwater mirror sync', () => {
  it('follows the run to its end and says what was done', async () => {
    const bench = cliBench();
    work(bench, () => finished);
    await bench.run(set);
    await bench.queue.idle();
    const answer = await bench.run(['mirror', 'sync', 'owner/project']);
    expect(answer.code).toBe(0);
    expect(answer.out).toBe('owner/project is up to date: 2 created (2.0 KiB received, 0 B sent).\n');
    expect(answer.err).toBe('receiving: 3 of 9, 2.0 KiB\n');
  });

  it('follows the run after the one under way, which may have looked too early', async () => {
    const bench = cliBench();
    await bench.run(set);
    const job = bench.queue.take();
    if (job === undefined) throw new Error('nothing waits');
    const { mirrorId } = job;
    const change = (run: Partial<Run>, mirror: Partial<Mirror>) =>
      bench.store.transaction(async (tx) => {
        await tx.saveRun({ ...(await known(tx.run(job.runId))), ...run });
        await tx.saveMirror({ ...(await known(tx.mirror(mirrorId))), ...mirror });
      });
    await change({ status: 'running' }, { status: 'started' });
    const answering = bench.run(['mirror', 'sync', 'owner/project', '--json']);
    await until(async () => (await known(bench.store.mirror(mirrorId))).askedAgainAt !== null);
    await change(finished, { status: 'finished', activeRunId: null });
    const log = new MemoryLogger();
    const next = await followUp({ ...bench, log, policy: buildPolicy(), newId: () => 'next' }, mirrorId);
    work(bench, () => ({ ...finished, counts: { ...noCounts, fast_forwarded: 1 } }));
    const answer = await answering;
    expect(answer.code).toBe(0);
    expect(JSON.parse(answer.out)).toMatchObject({ id: next, status: 'finished', counts: { fast_forwarded: 1 } });
  });

  it('draws a bar on a terminal', async () => {
    const bench = cliBench();
    await bench.run(set);
    work(bench, () => finished);
    const answer = await bench.run(['mirror', 'sync', 'owner/project'], { tty: true });
    expect(answer.code).toBe(0);
    expect(answer.out).toContain('is up to date');
  });

  it('exits with 1 and the reason on standard error when the run fails', async () => {
    const bench = cliBench();
    await bench.run(set);
    work(bench, () => ({ status: 'failed', error: fault('upstream_not_found', { host: 'upstream.example' }) }));
    const answer = await bench.run(['mirror', 'sync', 'owner/project']);
    expect(answer.code).toBe(1);
    expect(answer.out).toBe('');
    expect(answer.err).toMatch(
      /^headwater: The upstream repository was not found on upstream\.example.*\(upstream_not_found\)$/m,
    );
  });

  it('prints one JSON value and no progress with --json', async () => {
    const bench = cliBench();
    await bench.run(set);
    work(bench, () => ({ status: 'failed', error: fault('disk_full') }));
    const answer = await bench.run(['mirror', 'sync', 'owner/project', '--json']);
    expect(answer.code).toBe(1);
    expect(JSON.parse(answer.out)).toMatchObject({ status: 'failed', error: { code: 'disk_full' } });
    expect(answer.err).not.toContain('receiving');
  });

  it('warns when no worker takes the run, and still waits for it', async () => {
    const bench = cliBench({ patienceMs: 20 });
    await bench.run(set);
    const answering = bench.run(['mirror', 'sync', 'owner/project']);
    setTimeout(() => work(bench, () => finished), 150);
    const answer = await answering;
    expect(answer.code).toBe(0);
    expect(answer.err.match(/no worker has taken the run yet/g)).toHaveLength(1);
  });

  it('warns when Redis is away, and lets the minute round deliver the run', async () => {
    const bench = cliBench();
    bench.queue.down = true;
    await bench.run(set);
    const ensure = bench.queue.ensure.bind(bench.queue);
    const refused = new Promise<void>((resolve) => {
      bench.queue.ensure = (job, priority) => ensure(job, priority).finally(resolve);
    });
    const answering = bench.run(['mirror', 'sync', 'owner/project']);
    await refused;
    bench.queue.down = false;
    work(bench, () => finished);
    const mirror = await bench.store.mirrorOfProject(1);
    if (mirror?.activeRunId) await ensure({ runId: mirror.activeRunId, mirrorId: mirror.id }, 'manual');
    const answer = await answering;
    expect(answer.code).toBe(0);
    expect(answer.err).toContain('(queue_unavailable)');
  });

  it('ends when the mirror is removed meanwhile', async () => {
    const bench = cliBench();
    await bench.run(set);
    const answering = bench.run(['mirror', 'sync', 'owner/project']);
    setTimeout(() => void bench.run(['mirror', 'remove', 'owner/project']), 50);
    const answer = await answering;
    expect([answer.code, answer.err]).toEqual([1, expect.stringContaining('(mirror_not_found)')]);
  });

  it('stops listening and closes the app whatever happens', async () => {
    const bench = cliBench();
    await bench.run(set);
    let listening = 0;
    const subscribe = bench.notices.subscribe.bind(bench.notices);
    bench.notices.subscribe = async (mirrorId, listener) => {
      const unsubscribe = await subscribe(mirrorId, listener);
      listening += 1;
      return () => {
        listening -= 1;
        unsubscribe();
      };
    };
    await bench.run(['mirror', 'set', 'owner/project', '--disable']);
    const answer = await bench.run(['mirror', 'sync', 'owner/project']);
    expect([answer.code, listening, bench.open.count]).toEqual([1, 0, 0]);
    expect(answer.err).toContain('(mirror_disabled)');
  });
});

describe('headwater mirror remove', () => {
  it('removes mirror and cache, and then fails', async () => {
    const bench = cliBench();
    await bench.run(set);
    const mirror = await bench.store.mirrorOfProject(1);
    const removed = await bench.run(['mirror', 'remove', 'owner/project', '--json']);
    expect(JSON.parse(removed.out)).toEqual({ removed: true, id: mirror?.id });
    expect(bench.removedCaches).toEqual([mirror?.id]);
    expect((await bench.run(['mirror', 'remove', 'owner/project'])).code).toBe(1);
  });

  it('works for a project that is gone from the forge', async () => {
    const bench = cliBench();
    await bench.run(set);
    bench.forge.projects.clear();
    const removed = await bench.run(['mirror', 'remove', 'owner/project']);
    expect([removed.code, removed.err]).toEqual([0, expect.stringContaining('(forge_project_missing)')]);
  });
});

describe('headwater', () => {
  it.each([
    [[], 2],
    [['nonsense'], 2],
    [['mirror', 'set'], 2],
    [['mirror', 'set', 'a/b', 'c'], 2],
    [['mirror', 'set', 'a/b', '--enable', '--disable'], 2],
    [['mirror', 'set', 'a/b', '--password-stdin', '--password-file', 'x'], 2],
    [['serve', '--role', 'king'], 2],
    [['--version'], 0],
    [['--help'], 0],
    [['mirror', 'sync', '--help'], 0],
  ])('answers %j with exit code %i', async (args, code) => {
    const bench = cliBench();
    const answer = await bench.run(args);
    expect(answer.code).toBe(code);
    expect(code === 0 ? answer.out : answer.err).not.toBe('');
    expect(bench.served).toEqual([]);
  });

  it('serves in the role that it is told', async () => {
    const bench = cliBench();
    await bench.run(['serve']);
    await bench.run(['serve', '--role', 'web', '--config', 'a.env']);
    await bench.run(['serve', '--role', 'worker']);
    expect(bench.served).toEqual([
      { roles: ['web', 'worker'], configFile: undefined },
      { roles: ['web'], configFile: 'a.env' },
      { roles: ['worker'], configFile: undefined },
    ]);
  });

  it('lists the settings in serve --help', async () => {
    expect((await cliBench().run(['serve', '--help'])).out).toContain('HEADWATER_FORGE_URL');
  });

  it('prints every fault of the configuration as a list', async () => {
    const fieldFaults = [
      { field: 'HEADWATER_FORGE_URL', message: 'is required' },
      { field: 'HEADWATER_LEASE', message: 'must be a duration such as 90s, 5m or 6h' },
    ];
    const serve = () => Promise.reject(new HeadwaterError('config_invalid', { faults: 'both' }, { fieldFaults }));
    const answer = await cliBench({ serve }).run(['serve']);
    expect(answer.code).toBe(1);
    expect(answer.err.split('\n').slice(1)).toEqual([
      '  HEADWATER_FORGE_URL is required',
      '  HEADWATER_LEASE must be a duration such as 90s, 5m or 6h',
      '',
    ]);
  });

  it('shows no stack for a bug', async () => {
    const open = () => Promise.reject(new TypeError('postgres://me:hunter2@db is odd'));
    const answer = await cliBench({ open }).run(['mirror', 'list']);
    expect(answer.code).toBe(1);
    expect(answer.err).toContain('(internal)');
    expect(answer.err).toContain('cause: TypeError: postgres://db is odd');
    expect(answer.err).not.toMatch(/^\s+at /m);
  });
});
