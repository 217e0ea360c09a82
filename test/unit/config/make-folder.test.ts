import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../../../src/compose/make-folder';

describe('making the data folder', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'headwater-folder-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it('makes what is missing on the way, for its owner alone, and leaves what is there', () => {
    const folder = join(root, 'a/b/c');
    makeFolder(folder);
    makeFolder(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['/proc/nowhere/at/all', 'ENOENT'],
    ['FILE/below', 'ENOTDIR'],
    ['FILE', 'EEXIST'],
  ])('says what is wrong with %s', (path, code) => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    expect(() => makeFolder(path.replace('FILE', file))).toThrow(expect.objectContaining({ code }) as Error);
  });
});
