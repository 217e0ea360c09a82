import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestRepo } from '../support/forge-admin';
import type { ForgeDouble } from '../support/forge-double/forge-double';
import { usualThreadFromBytes } from '../../src/adapters/lfs/create-lfs-copy';
import { describeForges } from '../support/forges';
import type { MirrorApi, RunAnswer } from '../support/headwater';
import { LfsUpstream, pointerText } from '../support/lfs-upstream';
import { Scene } from '../support/scene';
import { until } from '../support/until';

const run = promisify(execFile);
const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];

describeForges('LFS', (choice) => {
  let scene: Scene;
  let lfs: LfsUpstream;
  let repo: TestRepo;
  let api: MirrorApi;
  let name: string;

  beforeAll(async () => {
    scene = await Scene.start(choice, { LEASE: '3s', PASS_INTERVAL: '1s', UPDATE_INTERVAL: '1h' });
    lfs = new LfsUpstream();
    scene.upstream.before = lfs.handle;
  }, 240_000);
  afterAll(() => scene.close());
  beforeEach(async () => {
    lfs.objects.clear();
    lfs.requests.length = lfs.batches.length = lfs.downloads.length = 0;
    lfs.beforeStore = () => false;
    for (const ref of Object.keys(scene.upstreamRefs())) scene.source.git(['update-ref', '-d', ref]);
    ({ repo, api } = await scene.project());
    name = `${repo.owner}/${repo.name}`;
  });

  /** A commit with an LFS file, whose object the upstream has. */
  function commitLfs(branch: string, content: string | Buffer, file = 'big.bin'): { oid: string; commit: string } {
    const object = lfs.add(content);
    return { oid: object.oid, commit: scene.source.commit(branch, pointerText(object), file) };
  }
  const outcomes = (finished: RunAnswer) =>
    Object.fromEntries((finished.refs ?? []).map(({ ref, action, reason }) => [ref, reason?.code ?? action]));
  const imported = async () => {
    await api.put(scene.settings);
    await api.settled();
    const [last] = await api.runs();
    return api.run(last?.id ?? '');
  };
  const stored = async (oid: string): Promise<Buffer | null> => {
    const authorization = `Basic ${Buffer.from(`x:${scene.token}`).toString('base64')}`;
    const answer = await fetch(`${scene.forge.url}/${name}.git/info/lfs/objects/${oid}`, {
      headers: { authorization },
    });
    return answer.ok ? Buffer.from(await answer.arrayBuffer()) : null;
  };

  const hasClient = clientVersion() !== null;
  (hasClient ? it : it.skip)(
    `a real git-lfs client clones the mirrored project and gets the files${hasClient ? '' : ' (skipped: git-lfs is not installed)'}`,
    async () => {
      const [small, large] = [randomBytes(2_000), randomBytes(6_000_000)];
      scene.source.commit('main', '*.bin filter=lfs diff=lfs merge=lfs -text\n', '.gitattributes');
      const tree = [
        ['.gitattributes', '*.bin filter=lfs diff=lfs merge=lfs -text\n'],
        ['small.bin', pointerText(lfs.add(small))],
        ['large.bin', pointerText(lfs.add(large))],
        ['readme.txt', 'version of a text that is no pointer\n'],
      ].map(([file, text = '']) => {
        const blob = scene.source.git(['hash-object', '-w', '--stdin'], text);
        return `100644 blob ${blob}\t${file}\n`;
      });
      const made = scene.source.git(['mktree'], tree.join(''));
      const commit = scene.source.git([...identity, 'commit-tree', made, '-p', 'main', '-m', 'Add files']);
      scene.source.git(['update-ref', 'refs/heads/main', commit]);

      expect(await imported()).toMatchObject({ status: 'finished', counts: { created: 1, rejected: 0 } });

      const clone = mkdtempSync(join(tmpdir(), 'headwater-lfs-clone-'));
      try {
        const url = scene.forge.url.replace('://', `://x:${scene.token}@`);
        await clientGit(clone, ['clone', '-q', '-b', 'main', `${url}/${name}.git`, 'work']);
        expect(readFileSync(join(clone, 'work/small.bin')).equals(small)).toBe(true);
        expect(readFileSync(join(clone, 'work/large.bin')).equals(large)).toBe(true);
        const { stdout } = await clientGit(join(clone, 'work'), ['lfs', 'fsck']);
        expect(stdout).toContain('Git LFS fsck OK');
      } finally {
        rmSync(clone, { recursive: true, force: true });
      }
    },
  );

  it('objects arrive before the ref that needs them', async () => {
    const { oid } = commitLfs('main', 'content');
    const witness = join(tmpdir(), `headwater-lfs-${process.pid}-${Date.now()}`);
    try {
      const auth = Buffer.from(`x:${scene.token}`).toString('base64');
      const url = `${scene.forge.url}/${name}.git/info/lfs/objects/${oid}`;
      const ask = `node -e 'fetch("${url}",{headers:{authorization:"Basic ${auth}"}}).then(r=>console.log(r.status))'`;
      await scene.forge.addGitHook(repo.owner, repo.name, 'pre-receive', `${ask} > '${witness}'`);
      expect(await imported()).toMatchObject({ status: 'finished', counts: { created: 1 } });
      expect(readFileSync(witness, 'utf8').trim()).toBe('200');
    } finally {
      rmSync(witness, { force: true });
    }
  });

  it('a default branch that waits for an object becomes the default when it has come, or it is told why not', async () => {
    scene.source.commit('docs', 'no LFS here');
    const { oid } = commitLfs('main', 'late');
    scene.source.git(['symbolic-ref', 'HEAD', 'refs/heads/main']);
    const late = lfs.objects.get(oid) ?? Buffer.alloc(0);
    lfs.objects.delete(oid);
    expect(outcomes(await imported())).toEqual({
      'refs/heads/main': 'lfs_object_missing',
      'refs/heads/docs': 'created',
    });
    expect(await api.mirror()).toMatchObject({ sync_state: 'incomplete_lfs', incomplete_lfs: ['refs/heads/main'] });

    // A forge takes the first branch for the default, a moment later.
    await until(async () => (await scene.forge.repo(repo.owner, repo.name)).defaultBranch === 'docs');
    lfs.objects.set(oid, late);
    expect(outcomes(await api.updated())).toEqual({
      'refs/heads/main': 'created',
      HEAD: 'forge_default_branch_denied',
    });
    await scene.forge.addCollaborator(repo.owner, repo.name, scene.bot.name, 'admin');
    expect(await api.updated()).toMatchObject({ status: 'finished', complete: true });
    expect((await scene.forge.repo(repo.owner, repo.name)).defaultBranch).toBe('main');
    expect(await api.mirror()).toMatchObject({ sync_state: 'in_sync', incomplete_lfs: [] });
  });

  it('HOST-12: a missing object holds back exactly the refs that need it, and they follow when it has come', async () => {
    scene.source.commit('main', 'no LFS here');
    scene.source.git(['update-ref', 'refs/heads/docs', 'refs/heads/main']);
    const { oid } = commitLfs('feature', 'late');
    scene.source.git([...identity, 'tag', '-a', '-m', 'first release', 'v1', 'feature']);
    commitLfs('other', 'there');
    const late = lfs.objects.get(oid) ?? Buffer.alloc(0);
    lfs.objects.delete(oid);

    const first = await imported();
    expect(first).toMatchObject({ status: 'finished', counts: { created: 3, rejected: 2 } });
    expect(outcomes(first)).toEqual({
      'refs/heads/main': 'created',
      'refs/heads/docs': 'created',
      'refs/heads/other': 'created',
      'refs/heads/feature': 'lfs_object_missing',
      'refs/tags/v1': 'lfs_object_missing',
    });
    expect(Object.keys(scene.refs(repo)).sort()).toEqual(['refs/heads/docs', 'refs/heads/main', 'refs/heads/other']);

    const second = await api.updated();
    expect(second.counts).toMatchObject({ rejected: 2, unchanged: 3 });

    lfs.objects.set(oid, late);
    expect(await api.updated()).toMatchObject({ counts: { created: 2, rejected: 0, unchanged: 3 } });
    expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
    expect((await stored(oid))?.toString()).toBe('late');
  });

  it('HOST-11: a damaged object is not delivered, and neither is what needs it', async () => {
    const { oid } = commitLfs('main', 'good content');
    scene.source.commit('dev', 'no LFS here');
    lfs.objects.set(oid, Buffer.from('evil content'));
    expect(outcomes(await imported())).toEqual({
      'refs/heads/main': 'lfs_object_corrupt',
      'refs/heads/dev': 'created',
    });
    expect(await stored(oid)).toBeNull();
  });

  it('HOST-13: an .lfsconfig that points elsewhere is not obeyed', async () => {
    const asked: string[] = [];
    const elsewhere = http.createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    try {
      const address = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
      scene.source.commit('main', `[lfs]\n\turl = ${address}/lfs\n\taccess = none\n`, '.lfsconfig');
      const { oid } = commitLfs('main', 'content');
      expect(await imported()).toMatchObject({ status: 'finished', counts: { created: 1, rejected: 0 } });
      expect(await stored(oid)).not.toBeNull();
      expect(asked).toEqual([]);
    } finally {
      await new Promise((resolve) => elsewhere.close(resolve));
    }
  });

  it('only what is new is looked at and copied', async () => {
    const first = commitLfs('main', 'one');
    await imported();
    expect(lfs.batches.flat().map(({ oid }) => oid)).toEqual([first.oid]);
    const second = commitLfs('main', 'two', 'second.bin');
    const third = await api.updated();
    expect(third).toMatchObject({ counts: { fast_forwarded: 1, rejected: 0 } });
    expect(lfs.batches.flat().map(({ oid }) => oid)).toEqual([first.oid, second.oid]);
    await api.updated();
    expect(lfs.batches).toHaveLength(2);
  });

  it('an upstream without LFS is never asked for any', async () => {
    scene.source.commit('main', 'a small file');
    scene.source.commit('main', 'version https://git-lfs.github.com/spec/v1 is what a pointer starts with\n');
    expect(await imported()).toMatchObject({ status: 'finished', counts: { created: 1 } });
    expect(lfs.requests).toEqual([]);
  });

  it('CRASH-01: after kill -9 in the middle of a copy, what has arrived is not fetched again', async () => {
    const objects = Array.from({ length: 30 }, (_, n) => commitLfs('main', randomBytes(5_000), `f${n}.bin`));
    let served = 0;
    lfs.beforeStore = () => (served += 1) > 20;
    await api.put(scene.settings);
    const arrived = async () =>
      (await Promise.all(objects.map(({ oid }) => stored(oid)))).filter((one) => one !== null);
    await until(async () => (await arrived()).length >= 20);
    await scene.headwater.stop('SIGKILL');
    expect(scene.refs(repo)).toEqual({});
    expect(await arrived()).toHaveLength(20);

    lfs.beforeStore = () => false;
    lfs.downloads.length = 0;
    await scene.headwater.start();
    await api.until((mirror) => mirror.update_status === 'finished');
    expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
    expect(lfs.downloads.length).toBe(10);
    const files = await scene.headwater.files();
    expect(files.filter((file) => /lfs/.test(file) && !/headwater-lfs-tips$/.test(file))).toEqual([]);
  }, 240_000);

  it('CRASH-01: after kill -9 in the middle of a large copy, which has a thread of its own, only what is missing comes', async () => {
    const [size, whole] = [usualThreadFromBytes / 4, 3];
    const objects = Array.from({ length: 6 }, (_, n) => commitLfs('main', randomBytes(size), `f${n}.bin`));
    const served = new Set<string>();
    let halves = 0;
    lfs.beforeStore = (oid, _request, response) => {
      if (served.size < whole) served.add(oid);
      if (served.has(oid)) return false;
      halves += 1;
      // The first half comes, and then nothing more.
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size });
      response.write(lfs.objects.get(oid)?.subarray(0, size / 2));
      return true;
    };
    await api.put(scene.settings);
    const arrived = async () =>
      (await Promise.all(objects.map(({ oid }) => stored(oid)))).filter((one) => one !== null).length;
    await until(async () => halves > 0 && (await arrived()) === whole);
    await scene.headwater.stop('SIGKILL');
    expect(scene.refs(repo)).toEqual({});
    expect(await arrived()).toBe(whole);

    lfs.beforeStore = () => false;
    lfs.requests.length = 0;
    await scene.headwater.start();
    await api.until((mirror) => mirror.update_status === 'finished');
    expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
    const fetched = new Set(lfs.requests.filter((one) => one.startsWith('GET /lfs-store/')));
    const missing = objects.filter(({ oid }) => !served.has(oid));
    expect(fetched).toEqual(new Set(missing.map(({ oid }) => `GET /lfs-store/${oid}`)));
    for (const { oid } of objects) expect((await stored(oid))?.equals(lfs.objects.get(oid) ?? Buffer.of())).toBe(true);
    const files = await scene.headwater.files();
    expect(files.filter((file) => /lfs|part|tmp_/.test(file) && !/headwater-lfs-tips$/.test(file))).toEqual([]);
  }, 240_000);

  const isDouble = choice.name === 'the forge double';
  (isDouble ? it : it.skip)(
    `with LFS off in the forge, pointers are files like others; once it is on, the objects follow${isDouble ? '' : ' (skipped: a real forge reads that switch at its start)'}`,
    async () => {
      const { lfs: store } = scene.forge as ForgeDouble;
      store.enabled = false;
      try {
        const { oid } = commitLfs('main', 'content');
        expect(await imported()).toMatchObject({ status: 'finished', counts: { created: 1, rejected: 0 } });
        expect(lfs.requests).toEqual([]);
        await until(() => scene.headwater.output.includes('LFS is off in the forge'));
        store.enabled = true;
        expect(await api.updated()).toMatchObject({ counts: { unchanged: 1, rejected: 0 } });
        expect(await stored(oid)).not.toBeNull();
      } finally {
        store.enabled = true;
      }
    },
  );

  it('keeps every secret out of what it prints', () => {
    expect(scene.headwater.output).not.toContain(scene.settings.auth_password);
    expect(scene.headwater.output).not.toContain(scene.botToken.token);
    expect(scene.headwater.output).toContain('LFS objects compared and copied');
  });
});

function clientVersion(): string | null {
  try {
    return execFileSync('git', ['lfs', 'version'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  } catch {
    return null;
  }
}

/** git as a person has it, with git-lfs set up, and without this machine's own settings. */
function clientGit(cwd: string, args: readonly string[]) {
  const settings = [
    ['filter.lfs.clean', 'git-lfs clean -- %f'],
    ['filter.lfs.smudge', 'git-lfs smudge -- %f'],
    ['filter.lfs.process', 'git-lfs filter-process'],
    ['filter.lfs.required', 'true'],
  ];
  const env = {
    PATH: process.env['PATH'],
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(settings.map(([key], at) => [`GIT_CONFIG_KEY_${at}`, key])),
    ...Object.fromEntries(settings.map(([, value], at) => [`GIT_CONFIG_VALUE_${at}`, value])),
  };
  return run('git', args, { cwd, env });
}
