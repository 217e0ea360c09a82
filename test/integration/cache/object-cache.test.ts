import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createObjectCache } from '../../../src/adapters/cache/create-object-cache';
import { HeadwaterError } from '../../../src/domain/errors';
import { TempRepo } from '../../support/temp-repo';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'headwater-test-'));
const cache = createObjectCache({ dir, maxPacks: 5 });
const repo = new TempRepo();
afterAll(() => {
  repo.remove();
  fs.rmSync(dir, { recursive: true, force: true });
});

const git = (cacheDir: string, ...args: string[]): string =>
  execFileSync('git', ['--git-dir', cacheDir, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/** Puts what a revision reaches into a cache, as a fetch does: one pack, no ref. */
async function fill(mirrorId: string, ...revisions: string[]): Promise<string> {
  const cacheDir = await cache.open(mirrorId);
  const prefix = path.join(cacheDir, 'objects', 'pack', 'pack');
  repo.git(['pack-objects', '--revs', '-q', prefix], `${revisions.join('\n')}\n`);
  return cacheDir;
}

const packs = (cacheDir: string): string[] =>
  fs.readdirSync(path.join(cacheDir, 'objects', 'pack')).filter((name) => name.endsWith('.pack'));

describe('the object cache', () => {
  test('a new cache is a bare repository that git accepts, without hooks or tips', async () => {
    const cacheDir = await cache.open('new');
    expect(git(cacheDir, 'rev-parse', '--is-bare-repository')).toBe('true');
    expect(git(cacheDir, 'for-each-ref')).toBe('');
    expect(git(cacheDir, 'config', 'core.hooksPath')).toBe('/dev/null');
    expect(await cache.tips('new')).toEqual(new Set());
    expect(await cache.open('new')).toBe(cacheDir);
  });

  test('tips are kept as one file that git reads, whatever was there before', async () => {
    const [one, two] = [repo.commit(), repo.commit()];
    const cacheDir = await fill('tips', 'main');
    await cache.setTips('tips', [two, one, two]);
    expect(await cache.tips('tips')).toEqual(new Set([one, two]));
    expect(git(cacheDir, 'for-each-ref', '--format=%(refname)').split('\n')).toEqual(
      [one, two].sort().map((oid) => `refs/tips/${oid}`),
    );
    await cache.setTips('tips', [two]);
    expect(git(cacheDir, 'for-each-ref', '--format=%(objectname)')).toBe(two);
    await cache.open('tips');
    expect(await cache.tips('tips')).toEqual(new Set([two]));
  });

  test('a mirror that has no cache yet has no tips', async () => {
    expect(await cache.tips('nowhere')).toEqual(new Set());
  });

  test('leftovers of a killed fetch are cleared and the objects stay (CRASH-01)', async () => {
    const tip = repo.commit();
    const cacheDir = await fill('killed', 'main');
    await cache.setTips('killed', [tip]);
    const leftovers = [
      'packed-refs.lock',
      'HEAD.lock',
      'FETCH_HEAD',
      'objects/pack/pack_git2_abc',
      'objects/pack/tmp_pack_x',
      'objects/tmp_obj_y',
    ];
    for (const name of leftovers) fs.writeFileSync(path.join(cacheDir, name), 'x');
    await cache.open('killed');
    expect(leftovers.filter((name) => fs.existsSync(path.join(cacheDir, name)))).toEqual([]);
    expect(await cache.tips('killed')).toEqual(new Set([tip]));
    expect(git(cacheDir, 'cat-file', '-t', tip)).toBe('commit');
  });

  const damage: readonly [string, (cacheDir: string) => void][] = [
    ['without HEAD', (at) => fs.rmSync(path.join(at, 'HEAD'))],
    ['with a bad config', (at) => fs.writeFileSync(path.join(at, 'config'), '[core\n')],
    ['with a config of somebody else', (at) => fs.appendFileSync(path.join(at, 'config'), '[alias]\n')],
    ['with an empty list of tips', (at) => fs.writeFileSync(path.join(at, 'packed-refs'), '')],
    ['with a broken list of tips', (at) => fs.appendFileSync(path.join(at, 'packed-refs'), '0123 refs/tips/x\n')],
    ['without its list of tips', (at) => fs.rmSync(path.join(at, 'packed-refs'))],
    ['without its objects', (at) => fs.rmSync(path.join(at, 'objects'), { recursive: true })],
    ['without refs folder', (at) => fs.rmSync(path.join(at, 'refs'), { recursive: true })],
    [
      'with a pack without its index',
      (at) => fs.rmSync(path.join(at, 'objects', 'pack', packs(at)[0]?.replace(/pack$/, 'idx') ?? '')),
    ],
    [
      'without one of its packs',
      (at) =>
        packs(at).forEach((name) =>
          ['pack', 'idx'].forEach((end) => fs.rmSync(path.join(at, 'objects', 'pack', name.replace(/pack$/, end)))),
        ),
    ],
    ['with a pack cut short', (at) => fs.truncateSync(path.join(at, 'objects', 'pack', packs(at)[0] ?? ''), 30)],
  ];
  test.each(damage)('a cache %s is made anew and empty (CRASH-05, CRASH-06)', async (_, break_) => {
    const tip = repo.resolve('main') ?? repo.commit();
    const cacheDir = await fill('damaged', 'main');
    for (const name of packs(cacheDir)) fs.chmodSync(path.join(cacheDir, 'objects', 'pack', name), 0o644);
    await cache.setTips('damaged', [tip]);
    break_(cacheDir);
    await cache.open('damaged');
    expect(await cache.tips('damaged')).toEqual(new Set());
    expect(git(cacheDir, 'count-objects', '-v')).toContain('in-pack: 0');
  });

  test('many packs are merged and no object is lost, reachable or not', async () => {
    const unreachable = repo.commit('gone');
    let cacheDir = await fill('many', 'gone');
    const tips: string[] = [];
    for (let i = 0; i < 8; i += 1) {
      const before = repo.resolve('main');
      tips.push(repo.commit());
      cacheDir = await fill('many', 'main', ...(before === null || i === 0 ? [] : [`^${before}`]));
      await cache.setTips('many', [tips.at(-1) ?? '']);
    }
    expect(packs(cacheDir).length).toBeLessThanOrEqual(5);
    for (const oid of [unreachable, ...tips]) expect(git(cacheDir, 'cat-file', '-t', oid)).toBe('commit');
    expect(git(cacheDir, 'fsck', '--full')).not.toMatch(/missing|error/);
    await cache.open('many');
    expect((await cache.tips('many')).size).toBe(1);
  });

  test('ancestry is answered question by question', async () => {
    const [one, two] = [repo.commit('line'), repo.commit('line')];
    const side = repo.commit('side');
    const blob = repo.resolve('line:file.txt') ?? '';
    await fill('history', 'line', 'side');
    const missing = 'd'.repeat(40);
    const answers = await cache.areAncestors('history', [
      { oldOid: one, newOid: two },
      { oldOid: two, newOid: one },
      { oldOid: two, newOid: two },
      { oldOid: side, newOid: two },
      { oldOid: missing, newOid: two },
      { oldOid: blob, newOid: two },
      { oldOid: one, newOid: blob },
    ]);
    expect(answers).toEqual([true, false, true, false, false, false, false]);
    expect(await cache.areAncestors('history', [])).toEqual([]);
  });

  test('a new value that the cache lacks is damage', async () => {
    const tip = repo.commit('apart');
    await fill('lacking', 'apart');
    const question = { oldOid: tip, newOid: 'e'.repeat(40) };
    await expect(cache.areAncestors('lacking', [question])).rejects.toMatchObject({ code: 'upstream_corrupt' });
  });

  test('removing is idempotent, and a sweep removes what belongs to no mirror', async () => {
    for (const id of ['keep', 'drop', 'also']) await cache.open(id);
    await cache.remove('also');
    await cache.remove('also');
    await cache.sweep(async (id) => id === 'keep');
    expect(fs.readdirSync(dir)).toEqual(['keep.git']);
    await createObjectCache({ dir: path.join(dir, 'nowhere') }).sweep(async () => true);
  });

  test('an id that could leave the folder is refused', async () => {
    await expect(cache.open('../evil')).rejects.toBeInstanceOf(HeadwaterError);
    await expect(cache.tips('a/b')).rejects.toBeInstanceOf(HeadwaterError);
  });
});
