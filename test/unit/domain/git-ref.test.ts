import { conflictingRef, foldersOf, isMirrored, isValidRefName } from '../../../src/domain/git-ref';

describe('a ref name', () => {
  it.each([
    'refs/heads/main',
    'refs/heads/feature/x-1',
    'refs/tags/v1.0',
    'refs/heads/-f',
    'refs/heads/ünï',
    'refs/heads/<img>',
  ])('%s is valid', (name) => expect(isValidRefName(name)).toBe(true));

  it.each([
    'refs/heads/',
    'refs/heads',
    'refs/heads/a..b',
    'refs/heads/x.lock',
    'refs/heads/.x',
    'refs/heads/x/',
    'refs/heads//x',
    'refs/heads/x.',
    'refs/heads/a b',
    'refs/heads/a\u0007b',
    'refs/heads/a~1',
    'refs/heads/a^',
    'refs/heads/a:b',
    'refs/heads/a?',
    'refs/heads/a*',
    'refs/heads/a[',
    'refs/heads/a\\b',
    'refs/heads/a@{1}',
    'refs/heads/HEAD',
    'refs/heads/\ufffd',
    `refs/heads/${'x'.repeat(241)}`,
    `refs/heads/${'x/'.repeat(600)}x`,
  ])('HOST-03: %j is not', (name) => expect(isValidRefName(name)).toBe(false));

  it.each([
    'refs/pull/1/head',
    'refs/merge-requests/1/head',
    'refs/replace/x',
    'refs/notes/commits',
    'HEAD',
    'refs/for/main',
  ])('HOST-05: %s is never mirrored', (name) => expect(isMirrored(name)).toBe(false));
});

describe('two names that git cannot keep side by side', () => {
  const names = new Set(['refs/heads/a', 'refs/heads/b/c/d', 'refs/tags/a']);
  const folders = foldersOf(names);

  it.each([
    ['refs/heads/a/b', 'refs/heads/a'],
    ['refs/heads/a/b/c', 'refs/heads/a'],
    ['refs/heads/b', 'refs/heads/b/c/d'],
    ['refs/heads/b/c', 'refs/heads/b/c/d'],
  ])('%s stands against %s', (name, other) => expect(conflictingRef(name, names, folders)).toBe(other));

  it.each(['refs/heads/ab', 'refs/heads/b/c/e', 'refs/tags/b', 'refs/heads/c'])('%s stands against none', (name) =>
    expect(conflictingRef(name, names, folders)).toBeUndefined(),
  );
});
