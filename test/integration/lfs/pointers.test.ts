import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createLfsPointers } from '../../../src/adapters/cache/create-lfs-pointers';
import { createObjectCache } from '../../../src/adapters/cache/create-object-cache';
import { pointerText } from '../../support/lfs-upstream';
import { TempRepo } from '../../support/temp-repo';

const never = new AbortController().signal;
/** A tip that no cache has: with it the history is walked, without any everything is looked at. */
const nowhere = '0123456789'.repeat(4);
const objectOf = (n: number) => ({ oid: n.toString(16).padStart(64, '0'), size: n });

describe('LFS pointers in what was fetched', () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'headwater-test-'));
  const pointers = createLfsPointers();
  const repo = new TempRepo();
  let cacheDir: string;

  /** A commit with these files, on top of `parents`. */
  function commit(files: Readonly<Record<string, string>>, ...parents: string[]): string {
    const entries = Object.entries(files).map(
      ([name, text]) => `100644 blob ${repo.git(['hash-object', '-w', '--stdin'], text)}\t${name}\n`,
    );
    const tree = repo.git(['mktree'], entries.join(''));
    const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
    return repo.git([
      ...[...identity, 'commit-tree', tree, '-m', `${Math.random()}`],
      ...parents.flatMap((parent) => ['-p', parent]),
    ]);
  }
  const blobOf = (n: number) => repo.git(['hash-object', '--stdin'], pointerText(objectOf(n)));
  const p = (n: number) => pointerText(objectOf(n));
  const find = async (wanted: string[], have: string[] = [nowhere]) => {
    const found = await pointers.find({ cacheDir, wanted, have, signal: never });
    return found.map(({ object }) => object.size).sort();
  };
  const tipsWith = (blobs: number[], wanted: string[], have: string[] = []) =>
    pointers.tipsWith(new Set(blobs.map(blobOf)), { cacheDir, wanted, have, signal: never });

  beforeEach(async () => {
    cacheDir = path.join(dir, 'unused');
    const cache = createObjectCache({ dir });
    cacheDir = await cache.open(`m${Math.floor(Math.random() * 1e9)}`);
    fs.rmSync(path.join(cacheDir, 'objects'), { recursive: true });
    fs.symlinkSync(path.join(repo.dir, 'objects'), path.join(cacheDir, 'objects'));
  });
  afterAll(() => {
    repo.remove();
    fs.rmSync(dir, { recursive: true, force: true });
  });

  test('every pointer of the history is found, also one that was deleted since, and nothing else', async () => {
    const one = commit({ a: p(1), b: 'version 1 of a text\n', c: p(2) + ' '.repeat(1024) });
    const two = commit({ a: p(3), empty: '' }, one);
    const three = commit({ readme: 'no pointers left' }, two);
    expect(await find([three])).toEqual([1, 3]);
    const [first] = await pointers.find({ cacheDir, wanted: [one], have: [nowhere], signal: never });
    expect(first).toEqual({ blob: blobOf(1), object: objectOf(1) });
  });

  test('where everything is new, everything that was fetched is looked at', async () => {
    const tip = commit({ a: p(61), large: p(62).padEnd(1024) }, commit({ a: p(63), text: 'no pointer' }));
    const found = await find([tip], []);
    expect(found.filter((size) => size > 60 && size < 64)).toEqual([61, 63]);
  });

  test('only what is new is looked at', async () => {
    const one = commit({ a: p(1) });
    const two = commit({ a: p(1), b: p(2) }, one);
    expect(await find([two], [one])).toEqual([2]);
    expect(await find([two], [two])).toEqual([]);
  });

  test('tags of commits, trees and single files are looked at too', async () => {
    const one = commit({ a: p(1) });
    const tag = (target: string, type: string, name: string) =>
      repo.git(['mktag'], `object ${target}\ntype ${type}\ntag ${name}\ntagger A <a@b> 1700000000 +0000\n\nx\n`);
    const ofCommit = tag(one, 'commit', 'c');
    const ofTree = tag(repo.git(['rev-parse', `${one}^{tree}`]), 'tree', 't');
    const ofFile = tag(blobOf(1), 'blob', 'f');
    for (const tip of [ofCommit, ofTree, ofFile, blobOf(1)]) {
      expect(await find([tip])).toEqual([1]);
      expect(await tipsWith([1], [tip])).toEqual(new Map([[tip, blobOf(1)]]));
      expect(await tipsWith([2], [tip])).toEqual(new Map());
    }
  });

  test('exactly the tips that need a blob are told, whichever way it came in', async () => {
    const base = commit({ readme: 'x' });
    const clean = commit({ readme: 'y' }, base);
    const bad = commit({ readme: 'x', a: p(7) }, base);
    const removed = commit({ readme: 'x' }, bad);
    const merged = commit({ readme: 'y', a: p(7) }, clean, bad);
    const cherry = commit({ readme: 'y', elsewhere: p(7) }, clean);
    const root = commit({ a: p(7) });
    const evil = commit({ readme: 'y', only: p(7) }, clean, base);
    const tips = [clean, bad, removed, merged, cherry, root, evil];
    const needing = [...(await tipsWith([7], tips)).keys()].sort();
    expect(needing).toEqual([bad, removed, merged, cherry, root, evil].sort());
    const beyond = await tipsWith([7], [merged, removed, root], [bad]);
    expect([...beyond.keys()]).toEqual([root]);
  });

  test('with several blobs, each tip is told one that it needs', async () => {
    const one = commit({ a: p(1) });
    const two = commit({ b: p(2) });
    const both = commit({ a: p(1), b: p(2) }, one, two);
    const found = await tipsWith([1, 2], [one, two, both]);
    expect(found.get(one)).toBe(blobOf(1));
    expect(found.get(two)).toBe(blobOf(2));
    expect([blobOf(1), blobOf(2)]).toContain(found.get(both));
  });

  test('a walk for all tips together says what a walk for each one says', async () => {
    // A history of sixty commits with parents and pointers picked by a small generator, the same in every run.
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const commits: string[] = [];
    for (let n = 0; n < 60; n += 1) {
      const parents = new Set([1, 2].map(() => commits[random(commits.length)]).filter((one) => one !== undefined));
      const files = [1, 2, 3].filter(() => random(6) === 0).map((k) => [`f${k}`, p(k)]);
      commits.push(commit({ x: `${n}`, ...Object.fromEntries(files) }, ...(random(8) === 0 ? [] : parents)));
    }
    for (const n of [1, 2, 3]) {
      const told = await tipsWith([n], commits);
      for (const tip of commits)
        expect({ tip, needs: told.has(tip) }).toEqual({ tip, needs: (await find([tip])).includes(n) });
    }
  });

  test('RES-01: a tree bomb is walked once per tree', async () => {
    let tree = repo.git(['mktree'], `100644 blob ${repo.git(['hash-object', '-w', '--stdin'], p(9))}\tf\n`);
    for (let depth = 0; depth < 12; depth += 1)
      tree = repo.git(['mktree'], [...'abcdefghij'].map((name) => `040000 tree ${tree}\t${name}\n`).join(''));
    const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
    const bomb = repo.git([...identity, 'commit-tree', tree, '-m', 'bomb']);
    const started = performance.now();
    expect(await find([bomb])).toEqual([9]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('more pointers than allowed are refused', async () => {
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`f${n}`, p(n)]));
    const few = createLfsPointers({ maxPointers: 29 });
    const search = { cacheDir, wanted: [commit(files)], have: [nowhere], signal: never };
    await expect(few.find(search)).rejects.toMatchObject({ code: 'lfs_too_many_objects' });
    await expect(few.find({ ...search, have: [] })).rejects.toMatchObject({ code: 'lfs_too_many_objects' });
    expect(await pointers.find(search)).toHaveLength(30);
  });

  test('a repository that lacks objects is damaged, not without pointers', async () => {
    const tip = commit({ a: p(123) });
    const blob = blobOf(123);
    fs.rmSync(path.join(repo.dir, 'objects', blob.slice(0, 2), blob.slice(2)));
    await expect(find([tip])).rejects.toMatchObject({ code: 'upstream_corrupt' });
    await expect(tipsWith([5], ['e'.repeat(40)])).resolves.toEqual(new Map());
  });

  test('a search that is called off ends with the reason', async () => {
    const tip = commit({ a: p(1) });
    const stop = new AbortController();
    const search = pointers.find({ cacheDir, wanted: [tip], have: [], signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(search).rejects.toThrow('enough');
  });

  test('complete tips are remembered with the cache, and a file that was cut short counts for nothing', async () => {
    const tips = new Set(['a'.repeat(40), 'b'.repeat(40)]);
    expect(await pointers.completeTips(cacheDir)).toEqual(new Set());
    await pointers.setCompleteTips(cacheDir, tips);
    expect(await pointers.completeTips(cacheDir)).toEqual(tips);
    const file = path.join(cacheDir, 'headwater-lfs-tips');
    fs.truncateSync(file, 60);
    expect(await pointers.completeTips(cacheDir)).toEqual(new Set());
    await pointers.setCompleteTips(path.join(dir, 'no-such-cache'), tips);
    expect(execFileSync('ls', [dir]).toString()).not.toContain('no-such-cache');
  });
});
