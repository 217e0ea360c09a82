import { compilePattern } from '../../../src/adapters/patterns/compile-pattern';
import { changeOptions, defaultOptions, type OptionsChange } from '../../../src/domain/mirror-options';
import { globToPattern } from '../../../src/domain/name-glob';

const refused = (change: OptionsChange, before = defaultOptions): string[] => {
  try {
    changeOptions(before, change);
    return [];
  } catch (thrown) {
    return (thrown as { fieldFaults: { field: string }[] }).fieldFaults.map((entry) => entry.field);
  }
};

describe('changing the options', () => {
  it('keeps what is not mentioned', () => {
    const before = changeOptions(defaultOptions, { branchPattern: 'main', tags: 'none', divergence: 'overwrite' });
    expect(changeOptions(before, {})).toEqual(before);
    expect(changeOptions(before, { deletions: 'follow' })).toEqual({ ...before, deletions: 'follow' });
  });

  it.each<[string, OptionsChange, object]>([
    ['a pattern', { branchPattern: 'v.*' }, { branches: 'pattern', branchPattern: 'v.*' }],
    ['protected branches', { onlyProtectedBranches: true }, { branches: 'protected', branchPattern: null }],
    ['overwriting, as GitLab says it', { overwritesDiverged: true }, { divergence: 'overwrite' }],
    [
      'a backup beside it',
      { overwritesDiverged: true, divergence: 'overwrite_with_backup' },
      { divergence: 'overwrite_with_backup' },
    ],
  ])('takes %s', (_, change, after) => {
    expect(changeOptions(defaultOptions, change)).toMatchObject(after);
  });

  it('goes back from a pattern, and from protected branches, to all branches', () => {
    const pattern = changeOptions(defaultOptions, { branchPattern: 'v.*' });
    expect(changeOptions(pattern, { branchPattern: null })).toMatchObject({ branches: 'all', branchPattern: null });
    expect(changeOptions(pattern, { branchPattern: '' })).toMatchObject({ branches: 'all', branchPattern: null });
    const ruled = changeOptions(pattern, { branchPattern: null, onlyProtectedBranches: true });
    expect(changeOptions(ruled, { onlyProtectedBranches: false })).toMatchObject({ branches: 'all' });
  });

  it('leaves a backup alone that overwriting has already', () => {
    const before = changeOptions(defaultOptions, { divergence: 'overwrite_with_backup' });
    expect(changeOptions(before, { overwritesDiverged: true }).divergence).toBe('overwrite_with_backup');
    expect(changeOptions(before, { overwritesDiverged: false }).divergence).toBe('keep');
  });

  it('refuses what contradicts itself, by the name of the field', () => {
    expect(refused({ onlyProtectedBranches: true, branchPattern: 'main' })).toEqual(['mirror_branch_regex']);
    const ruled = changeOptions(defaultOptions, { onlyProtectedBranches: true });
    expect(refused({ branchPattern: 'main' }, ruled)).toEqual(['mirror_branch_regex']);
    expect(refused({ overwritesDiverged: true, divergence: 'keep' })).toEqual(['mirror_overwrites_diverged_branches']);
    expect(refused({ overwritesDiverged: false, divergence: 'overwrite' })).toEqual([
      'mirror_overwrites_diverged_branches',
    ]);
    expect(refused({ lfs: false, lfsUrl: 'https://lfs.example/x' })).toEqual(['lfs_url']);
  });
});

describe('the globs of protection rules', () => {
  const matches = (glob: string, name: string) => compilePattern(globToPattern(glob))?.(name);

  it.each([
    ['main', 'main', true],
    ['Main', 'mAIN', true],
    ['main', 'main2', false],
    ['release/*', 'release/1', true],
    ['release/*', 'release/1/2', false],
    ['release/**', 'release/1/2', true],
    ['v?', 'v1', true],
    ['v?', 'v/', false],
    ['v[0-9]', 'v7', true],
    ['v[!0-9]', 'v7', false],
    ['v[abc]', 'vb', true],
    ['{main,dev*}', 'develop', true],
    ['{main,dev*}', 'Main', false],
    ['a.b*', 'axb', false],
    ['a\\*b', 'a*b', true],
    ['v[0-9', 'v[0-9', true],
    ['(x)+', '(x)+', true],
    ['*+', 'ab+', true],
  ])('%s against %s: %s', (glob, name, expected) => {
    expect(matches(glob, name)).toBe(expected);
  });
});

describe('branch patterns', () => {
  it('match the whole name', () => {
    expect(compilePattern('main|v\\d+')?.('main')).toBe(true);
    expect(compilePattern('main|v\\d+')?.('main2')).toBe(false);
  });

  it.each(['(', 'a{1001}', '(?=a)', '((a{100}){100}){100}', '(a)\\1'])('are refused as %s', (pattern) => {
    expect(compilePattern(pattern)).toBeNull();
  });

  it('take linear time', () => {
    const start = performance.now();
    expect(compilePattern('(a*)*b')?.('a'.repeat(20_000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
