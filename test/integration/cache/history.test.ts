import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createObjectCache } from '../../../src/adapters/cache/create-object-cache';
import { TempRepo } from '../../support/temp-repo';

describe('history in the object cache', () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'headwater-test-'));
  const cache = createObjectCache({ dir });
  const repo = new TempRepo();
  let first: string;
  let second: string;
  let aside: string;
  let orphan: string;
  let annotated: string;
  let tree: string;

  beforeAll(async () => {
    first = repo.commit();
    second = repo.commit();
    tree = repo.git(['rev-parse', `${first}^{tree}`]);
    aside = repo.git(['commit-tree', tree, '-p', first, '-m', 'aside']);
    orphan = repo.git(['commit-tree', tree, '-m', 'orphan']);
    repo.git(['tag', '-a', '-m', 'v1', 'v1', first]);
    annotated = repo.git(['rev-parse', 'refs/tags/v1']);
    const cacheDir = await cache.open('one');
    const prefix = path.join(cacheDir, 'objects', 'pack', 'pack');
    repo.git(['pack-objects', '--revs', '-q', prefix], `${[second, aside, orphan, annotated].join('\n')}\n`);
  });
  afterAll(() => {
    repo.remove();
    fs.rmSync(dir, { recursive: true, force: true });
  });

  test('tags are found on tips by their commit, however they are made', async () => {
    const tags = [first, annotated, second, aside, orphan, tree];
    expect(await cache.tagsOn('one', tags, [second])).toEqual(new Set([first, annotated, second]));
    expect(await cache.tagsOn('one', tags, [second, aside])).toEqual(new Set([first, annotated, second, aside]));
    expect(await cache.tagsOn('one', tags, [])).toEqual(new Set());
    expect(await cache.tagsOn('one', [], [second])).toEqual(new Set());
  });

  test('a tip that is not there is damage, not an answer', async () => {
    await expect(cache.tagsOn('one', [first], ['e'.repeat(40)])).rejects.toMatchObject({ code: 'upstream_corrupt' });
  });

  test('two commits share history or not; one that is not there shares none', async () => {
    const questions = [
      { oldOid: aside, newOid: second },
      { oldOid: orphan, newOid: second },
      { oldOid: 'e'.repeat(40), newOid: second },
    ];
    expect(await cache.shareHistory('one', questions)).toEqual([true, false, false]);
  });
});
