import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { TestRepo } from '../support/forge-admin';
import { describeForges } from '../support/forges';
import { HostileUpstream, lists, refsListing } from '../support/hostile-upstream';
import type { MirrorApi, RunAnswer } from '../support/headwater';
import { Scene } from '../support/scene';
import type { TempRepo } from '../support/temp-repo';

const main = 'refs/heads/main';

describeForges('An upstream full of traps', (choice) => {
  let scene: Scene;
  let first: string;
  beforeAll(async () => {
    scene = await Scene.start(choice);
  }, 240_000);
  afterAll(() => scene.close());
  beforeEach(() => {
    for (const ref of Object.keys(scene.upstreamRefs())) scene.source.git(['update-ref', '-d', ref]);
    first = scene.source.commit('main', `start ${Math.random()}`);
  });
  afterEach(() => {
    scene.upstream.before = () => false;
  });

  const point = (ref: string, oid = first) => scene.source.git(['update-ref', ref, oid]);

  async function mirrored(timeoutMs?: number): Promise<{ repo: TestRepo; api: MirrorApi; run: RunAnswer }> {
    const made = await scene.project();
    await made.api.put(scene.settings);
    await made.api.settled(timeoutMs);
    const [run] = await made.api.runs();
    if (run === undefined) throw new Error('no run was recorded');
    return { ...made, run: await made.api.run(run.id) };
  }

  it('HOST-02: names that differ only in case, or in how an accent is written, both arrive and stay', async () => {
    point('refs/heads/Foo');
    point('refs/heads/foo', scene.source.commit('other', 'two'));
    point('refs/heads/caf\u00e9');
    point('refs/heads/cafe\u0301');
    const { repo, api } = await mirrored();
    expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
    expect((await api.updated()).counts).toMatchObject({ created: 0, fast_forwarded: 0, forced: 0 });
  });

  it('HOST-03: names that git does not allow are reported, and all others arrive', async () => {
    const bad = ['refs/heads/x.lock', 'refs/heads/../../evil', 'refs/heads/.x', 'refs/heads/HEAD', 'refs/tags/a..b'];
    const listing = refsListing({ [main]: first, ...Object.fromEntries(bad.map((name) => [name, first])) });
    scene.upstream.before = (request, response) => {
      if (request.method !== 'GET') return false;
      lists(listing)(request, response);
      return true;
    };
    const { repo, run } = await mirrored();
    expect(scene.refs(repo)).toEqual({ [main]: first });
    const told = (run.refs ?? []).filter((one) => one.reason?.code === 'ref_name_invalid').map((one) => one.ref);
    expect(told.sort()).toEqual([...bad].sort());
  });

  it('HOST-04: names that look like options, commands or markup are only names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headwater-canary-'));
    const canary = join(folder, 'was-run');
    const names = [
      '-f',
      '--upload-pack=touch',
      '--exec=x',
      '$(id)',
      `$(touch\${IFS}${canary})`,
      '`id`',
      '<img/src=x/onerror=alert(1)>',
      'a\u202eb',
      '%0a',
      'o\'clock"',
      ';rm',
      '|x',
    ];
    scene.source.packRefs(new Map(names.map((name) => [`refs/heads/${name}`, first])));
    const { repo, api, run } = await mirrored();
    const there = scene.refs(repo);
    // What the forge itself does not want as a branch is told with a reason; everything else has arrived.
    const refused = (run.refs ?? []).filter((one) => one.action === 'rejected');
    for (const one of refused) expect(one.reason?.message).toEqual(expect.any(String));
    const expected = new Set(Object.keys(scene.upstreamRefs()));
    for (const one of refused) expected.delete(one.ref);
    expect(Object.keys(there).sort()).toEqual([...expected].sort());
    expect(there[main]).toBe(first);
    expect(Object.keys(there)).toEqual(expect.arrayContaining(['refs/heads/$(id)', 'refs/heads/%0a']));
    expect(existsSync(canary)).toBe(false);
    expect((await api.mirror()).update_status).toBe('finished');
    scene.source.packRefs(new Map());
    rmSync(folder, { recursive: true });
  });

  it('HOST-05: nothing outside branches and tags is taken, and replaced objects stay as they are', async () => {
    const other = scene.source.commit('other', 'two');
    for (const ref of ['refs/pull/1/head', 'refs/merge-requests/1/head', 'refs/notes/commits', 'refs/meta/config'])
      point(ref, other);
    scene.source.git(['replace', first, other]);
    const { repo } = await mirrored();
    expect(Object.keys(scene.refs(repo)).sort()).toEqual([main, 'refs/heads/other']);
    const dir = scene.forge.repositoryPath(repo.owner, repo.name);
    const all = scene.source.git(['-C', dir, '-c', 'safe.directory=*', 'for-each-ref', '--format=%(refname)']);
    expect(all).not.toMatch(/pull|merge-requests|notes|replace|meta/);
    expect(scene.refs(repo)[main]).toBe(first);
    scene.source.git(['replace', '-d', first]);
  });

  it('HOST-07: tags of files, of trees, of tags, and a tag named like a branch arrive; none moves silently', async () => {
    point('refs/tags/blob', scene.source.git(['rev-parse', `${first}:file.txt`]));
    point('refs/tags/tree', scene.source.git(['rev-parse', `${first}^{tree}`]));
    point('refs/tags/main');
    scene.source.git(['tag', '-a', '-m', 'release', 'v1', first]);
    point('refs/tags/deep', await tagChain(scene.source, first, 10_000));
    // Ten thousand objects that are found one after the other: half a minute where half a processor is left for it.
    const { repo, api } = await mirrored(150_000);
    expect(scene.refs(repo)).toEqual(scene.upstreamRefs());

    point('refs/tags/v1');
    const moved = await api.updated();
    expect(moved.refs).toMatchObject([{ ref: 'refs/tags/v1', action: 'diverged' }]);
    expect(scene.refs(repo)['refs/tags/v1']).not.toBe(first);
  }, 240_000);

  it('HOST-09: trees that would harm a checkout are passed on as they are, or refused by the forge for that branch alone', async () => {
    const blob = scene.source.git(['hash-object', '-w', '--stdin'], '[submodule "x"]\n\turl = -u./evil\n\tpath = x\n');
    const branches = {
      dotgit: `100644 .GIT\0${raw(blob)}`,
      short: `100644 git~1\0${raw(blob)}`,
      modules: `100644 .gitmodules\0${raw(blob)}`,
      link: `120000 .gitmodules\0${raw(blob)}`,
      twice: `100644 a\0${raw(blob)}100644 a\0${raw(blob)}`,
      padded: `0100644 a\0${raw(blob)}`,
    };
    for (const [name, tree] of Object.entries(branches)) {
      const oid = scene.source.git(
        ['hash-object', '-t', 'tree', '--literally', '-w', '--stdin'],
        Buffer.from(tree, 'latin1'),
      );
      point(`refs/heads/${name}`, scene.source.git(['commit-tree', oid, '-m', name, '-p', first]));
    }
    const { repo, api, run } = await mirrored();
    expect((await api.mirror()).update_status).toBe('finished');
    const there = scene.refs(repo);
    expect(there[main]).toBe(first);
    for (const [ref, oid] of Object.entries(scene.upstreamRefs())) {
      if (there[ref] === oid) continue;
      expect(run.refs?.find((one) => one.ref === ref)).toMatchObject({ action: 'rejected' });
    }
  });

  it('HOST-15: commits with control codes, endless words and impossible dates arrive byte for byte, and none of it is shown', async () => {
    const tree = scene.source.git(['rev-parse', `${first}^{tree}`]);
    const person = (name: string, date: string) => `${name} <${name.slice(0, 40)}@example.org> ${date}`;
    const commit = (author: string, message: string | Buffer, committer = author) =>
      Buffer.concat([
        Buffer.from(`tree ${tree}\nparent ${first}\nauthor ${author}\ncommitter ${committer}\n\n`),
        Buffer.from(message),
      ]);
    const plain = person('shown-nowhere', '1700000000 +0000');
    const odd: Readonly<Record<string, Buffer>> = {
      'control-codes': commit(
        person('\u001b[31mshown-nowhere\u001b[0m', '1700000000 +0000'),
        '\u001b]0;shown-nowhere\u0007\u001b[2J\u202eshown-nowhere\r\n',
      ),
      'ten-megabytes': commit(plain, Buffer.alloc(10_000_000, 'shown-nowhere ')),
      'one-long-line': commit(person('shown-nowhere '.repeat(8_000), '1700000000 +0000'), 'x'),
      'not-utf8': commit(plain, Buffer.from([0xff, 0xfe, 0x80, 0xc3, 0x28, 0x0a])),
      'year-1': commit(person('shown-nowhere', '-62135596800 +0000'), 'x'),
      'year-of-2-63': commit(person('shown-nowhere', '9223372036854775808 +0000'), 'x'),
      'odd-zone': commit(person('shown-nowhere', '1700000000 +99999'), 'x'),
      'many-authors': commit(`${plain}\nauthor ${plain}`, 'x'),
    };
    for (const [name, body] of Object.entries(odd))
      point(
        `refs/heads/${name}`,
        scene.source.git(['hash-object', '-t', 'commit', '-w', '--literally', '--stdin'], body),
      );
    const { repo, api, run } = await mirrored();
    expect([run.status, run.error ?? null, run.counts?.rejected]).toEqual(['finished', null, 0]);
    // A commit's id is the hash of its bytes.
    expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
    expect(JSON.stringify([run, await api.mirror()]) + scene.headwater.output).not.toMatch(/shown-nowhere|\\u001b/);
    for (const name of Object.keys(odd)) scene.source.git(['update-ref', '-d', `refs/heads/${name}`]);
    expect((await api.updated()).status).toBe('finished');
  });

  it.each([
    ['another kind of object id', 'object-format=sha256', 'upstream_sha256', 'SHA-256'],
    ['a history without its beginning', null, 'upstream_refused', 'shallow'],
  ])('HOST-10: %s is refused clearly', async (_, capability, code, word) => {
    const hostile = await HostileUpstream.start();
    const plain = refsListing({ [main]: first }, capability === null ? '' : ` ${capability}`);
    const shallow = Buffer.concat([plain.subarray(0, -4), Buffer.from(`0035shallow ${first}\n`), plain.subarray(-4)]);
    hostile.behaviour = { listing: lists(capability === null ? shallow : plain) };
    try {
      const { api } = await scene.project();
      await api.put({ url: hostile.url });
      expect((await api.settled()).last_error).toMatchObject({
        code,
        message: expect.stringContaining(word) as string,
      });
      expect(new Set(hostile.requests)).toEqual(new Set(['GET /project.git/info/refs?service=git-upload-pack']));
    } finally {
      await hostile.close();
    }
  });

  it('HOST-10: offers of other addresses, bundles and partial clones are not taken up', async () => {
    const bundles = await HostileUpstream.start();
    const more = ` bundle-uri=${bundles.url} filter allow-reachable-sha1-in-want promisor-remote=${bundles.url}`;
    scene.upstream.before = (request, response) => {
      if (request.method !== 'GET') return false;
      lists(refsListing({ [main]: first }, more))(request, response);
      return true;
    };
    const alternates = join(scene.source.dir, 'objects', 'info');
    mkdirSync(alternates, { recursive: true });
    writeFileSync(join(alternates, 'http-alternates'), `${bundles.url}/objects\n`);
    const asked = scene.upstream.requests.length;
    try {
      const { repo } = await mirrored();
      expect(scene.refs(repo)).toEqual({ [main]: first });
      expect(bundles.requests).toEqual([]);
      const paths = scene.upstream.requests.slice(asked).map((line) => line.split(/[ ?]/)[1]);
      expect(new Set(paths)).toEqual(new Set(['/project.git/info/refs', '/project.git/git-upload-pack']));
    } finally {
      await bundles.close();
    }
  });
});

function raw(oid: string): string {
  return Buffer.from(oid, 'hex').toString('latin1');
}

/** A tag of a tag of a tag …: written as loose objects, since as many git processes would take minutes. */
async function tagChain(repo: TempRepo, commit: string, depth: number): Promise<string> {
  let target = commit;
  for (let at = 0; at < depth; at += 1) {
    const type = at === 0 ? 'commit' : 'tag';
    const text = `object ${target}\ntype ${type}\ntag t${at}\ntagger A <a@example.org> 1700000000 +0000\n\nx\n`;
    const object = Buffer.from(`tag ${text.length}\0${text}`);
    target = createHash('sha1').update(object).digest('hex');
    const folder = join(repo.dir, 'objects', target.slice(0, 2));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, target.slice(2)), deflateSync(object, { level: 1 }));
    // The forge double lives in this process and must not fall silent.
    if (at % 100 === 0) await setImmediate();
  }
  return target;
}
