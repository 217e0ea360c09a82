import { hintsFor } from '../../../src/panel/texts/address-hints';

const self = 'https://forge.example/octo-org/library';
const ignored = 'The name and password inside the address are ignored and not stored. Enter them below.';
const page = 'This is a page of the repository.';

describe('hints while an address is typed', () => {
  it.each([
    ['', []],
    ['https://github.com/octo-org/library.git', []],
    ['https://gitlab.com/group/sub/project', []],
    ['git@github.com:octo-org/library.git', ['ok SSH address. Saved as ssh://git@github.com/octo-org/library.git']],
    ['ssh://git@Example.org:22/~/x.git', ['ok SSH address. Saved as ssh://git@example.org/~/x.git']],
    ['me@example.org:x.git', ['ok SSH address. Saved as ssh://me@example.org/~/x.git']],
    ['https://octo-org:secret@github.com/octo-org/library.git', [`care ${ignored}`]],
    [
      'github.com/octo-org/library',
      ['bad Start the address with https:// or ssh://. → https://github.com/octo-org/library'],
    ],
    ['library', ['bad Start the address with https:// or ssh://.']],
    ['git://example.org/a.git', ['bad git:// is not supported. Use https:// or ssh://. → https://example.org/a.git']],
    ['/srv/git/a.git', ['bad This must be a server’s address, not a folder.']],
    ['file:///srv/git/a.git', ['bad This must be a server’s address, not a folder.']],
    ['C:\\repos\\a', ['bad This must be a server’s address, not a folder.']],
    ['https://github.com/o/r/tree/main/src', [`bad ${page} → https://github.com/o/r.git`]],
    ['https://gitlab.com/g/s/p/-/tree/main?ref=x', [`bad ${page} → https://gitlab.com/g/s/p.git`]],
    ['https://codeberg.org/o/r/src/branch/main', [`bad ${page} → https://codeberg.org/o/r.git`]],
    ['https://forge.example/octo-org/library.git', ['bad This is this project itself.']],
  ])('%s', (typed, expected) => {
    expect(said(typed, 'none')).toEqual(expected);
  });

  it('warns of a password on an address that is not encrypted', () => {
    expect(said('http://example.org/o/r.git', 'none')).toEqual([]);
    expect(said('http://example.org/o/r.git', 'password')).toEqual([
      'care This address is not encrypted; a password could be read on the way. → https://example.org/o/r.git',
    ]);
  });

  it('knows that a key needs an ssh address', () => {
    expect(said('https://example.org/o/r.git', 'key')).toEqual([
      'bad An SSH key needs an SSH address. → git@example.org:o/r.git',
    ]);
  });

  function said(typed: string, method: 'none' | 'password' | 'key'): string[] {
    return hintsFor(typed, { method, self }).map(
      ({ tone, text, code, meant }) =>
        `${tone} ${text}${code === undefined ? '' : ` ${code}`}${meant === undefined ? '' : ` → ${meant}`}`,
    );
  }
});
