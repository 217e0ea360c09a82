import {
  isCacheDamaged,
  parsePushReport,
  plainText,
  refusalOf,
  verdictOf,
  type Refusal,
  type RefVerdict,
} from '../../../src/adapters/forge/push-report';

const oid = '77de0341f6de5d443c026fd7af5ea893ac726e56';
const report = (stdout: string, ...stderr: string[]) => parsePushReport({ stdout, stderr: stderr.join('\n') });

// Lines as git 2.39 and Forgejo 11.0.1 printed them.
const verdicts: readonly [string, string, readonly string[], RefVerdict][] = [
  ['a new branch', `*\t${oid}:refs/heads/x\t[new branch]`, [], { kind: 'arrived' }],
  ['a new tag', `*\t${oid}:refs/heads/x\t[new reference]`, [], { kind: 'arrived' }],
  ['a fast-forward', ` \t${oid}:refs/heads/x\t35aa0b7..8b18540`, [], { kind: 'arrived' }],
  ['a forced update', `+\t${oid}:refs/heads/x\t8b18540...35aa0b7 (forced update)`, [], { kind: 'arrived' }],
  ['a ref that is there already', `=\t${oid}:refs/heads/x\t[up to date]`, [], { kind: 'up_to_date' }],
  ['a lease that does not hold', `!\t${oid}:refs/heads/x\t[rejected] (stale info)`, [], { kind: 'moved' }],
  [
    'a hook that refuses the portion',
    `!\t${oid}:refs/heads/x\t[remote rejected] (pre-receive hook declined)`,
    [],
    { kind: 'portion_refused' },
  ],
  [
    'an update hook with its own words, after those of another ref',
    `!\t${oid}:refs/heads/x\t[remote rejected] (hook declined)`,
    [
      'remote: not y either        ',
      'remote: error: hook declined to update refs/heads/y        ',
      'remote: update says no        ',
      'remote: error: hook declined to update refs/heads/x        ',
      'remote: ',
      "remote: Create a new pull request for 'good2':        ",
    ],
    { kind: 'hook_declined', text: 'update says no' },
  ],
  [
    'a folder where a branch stands',
    `!\t${oid}:refs/heads/x/sub\t[remote rejected] (failed to update ref)`,
    [
      "remote: error: cannot lock ref 'refs/heads/x/sub': 'refs/heads/x' exists; cannot create 'refs/heads/x/sub'        ",
    ],
    { kind: 'conflict', other: 'refs/heads/x' },
  ],
  [
    'a ref that moved between the listing and the update',
    `!\t${oid}:refs/heads/x\t[remote rejected] (failed to update ref)`,
    [`remote: error: cannot lock ref 'refs/heads/x': is at ${oid} but expected ${'1'.repeat(40)}        `],
    { kind: 'moved' },
  ],
  [
    'a ref that was created between the listing and the update',
    `!\t${oid}:refs/heads/x\t[remote rejected] (failed to update ref)`,
    ["remote: error: cannot lock ref 'refs/heads/x': reference already exists        "],
    { kind: 'moved' },
  ],
  [
    'a hidden ref',
    `!\t${oid}:refs/heads/x\t[remote rejected] (deny updating a hidden ref)`,
    [],
    { kind: 'refused', text: 'deny updating a hidden ref' },
  ],
  [
    'objects that the forge misses',
    `!\t${oid}:refs/heads/x\t[remote rejected] (missing necessary objects)`,
    [],
    { kind: 'objects_missing' },
  ],
  [
    'a pack that the forge could not take',
    `!\t${oid}:refs/heads/x\t[remote rejected] (unpacker error)`,
    ['error: remote unpack failed: index-pack abnormal exit'],
    { kind: 'unpack_failed' },
  ],
  [
    'an answer that broke off',
    `!\t${oid}:refs/heads/x\t[remote failure] (remote failed to report status)`,
    [],
    { kind: 'unknown' },
  ],
  ['no line at all', 'To http://127.0.0.1:1/repo.git\nDone', [], { kind: 'unknown' }],
];

describe('the verdict on a pushed ref', () => {
  test.each(verdicts)('of %s', (_, line, stderr, verdict) => {
    const ref = line.includes('x/sub') ? 'refs/heads/x/sub' : 'refs/heads/x';
    expect(verdictOf(report(line, ...stderr), ref)).toEqual(verdict);
  });
});

const refusals: readonly [string, Refusal][] = [
  [
    'Forgejo: Not allowed to push to protected branch release/1',
    { kind: 'branch_protected', ref: 'refs/heads/release/1' },
  ],
  ['Gitea: Not allowed to push to protected branch main', { kind: 'branch_protected', ref: 'refs/heads/main' }],
  ['Forgejo: branch trunk is protected from force push', { kind: 'branch_protected', ref: 'refs/heads/trunk' }],
  [
    'Forgejo: branch main is protected from changing file a b',
    { kind: 'branch_file_protected', ref: 'refs/heads/main', file: 'a b' },
  ],
  [
    `Forgejo: branch main is protected from unverified commit ${oid}`,
    { kind: 'branch_unsigned', ref: 'refs/heads/main' },
  ],
  ['error: Not allowed to push to protected branch a/b', { kind: 'branch_protected', ref: 'refs/heads/a/b' }],
  ['error: Not allowed to force-push to protected branch a', { kind: 'branch_protected', ref: 'refs/heads/a' }],
  ['error: User permission denied for writing.', { kind: 'no_write_access' }],
  ['Forgejo: Tag r1 is protected', { kind: 'tag_protected', ref: 'refs/tags/r1' }],
  ['Forgejo: User permission denied for writing.', { kind: 'no_write_access' }],
  ['Forgejo: Quota exceeded', { kind: 'quota' }],
  ['no bad names, refs/heads/bad', { kind: 'hook', text: 'no bad names, refs/heads/bad' }],
  [
    'Not allowed to push to protected branch main',
    { kind: 'hook', text: 'Not allowed to push to protected branch main' },
  ],
  [
    'Forgejo: Internal Server Error (no specific error)',
    { kind: 'hook', text: 'Internal Server Error (no specific error)' },
  ],
];

describe('why a portion was refused', () => {
  test.each(refusals)('%s', (line, refusal) => {
    expect(refusalOf(report('', 'remote: ', `remote: ${line}        `))).toEqual(refusal);
  });
});

describe('words of hooks', () => {
  test("leave out the forge's hints and git's frame", () => {
    const lines = [
      '',
      'first',
      'Forgejo: second',
      'error: hook declined to update refs/heads/x',
      "Create a new pull request for 'new':",
      '  http://127.0.0.1:42705/ann/p1/compare/trunk...new',
    ];
    expect(plainText(lines)).toBe('first second');
  });
});

describe('a damaged cache', () => {
  // Each printed by git 2.39 pushing from a repository that was damaged in that way.
  test.each([
    `fatal: bad object ${oid}`,
    `error: src refspec ${oid} does not match any`,
    `fatal: unable to read ${oid}`,
    `fatal: bad tree object ${oid}`,
    `error: Could not read ${oid}`,
    `fatal: loose object ${oid} (stored in ./objects/45/b983) is corrupt`,
    'error: packfile ./objects/pack/pack-d14c.pack does not match index',
    'fatal: not a git repository (or any of the parent directories): .git',
  ])('is known by "%s"', (line) => {
    expect(isCacheDamaged(report('', line))).toBe(true);
  });

  test.each([
    "fatal: unable to access 'http://127.0.0.1:1/repo.git/': The requested URL returned error: 502",
    'fatal: the remote end hung up unexpectedly',
    `remote: fatal: bad object ${oid}`,
    'error: failed to push some refs to http://127.0.0.1:1/repo.git',
  ])('is not told by "%s"', (line) => {
    expect(isCacheDamaged(report('', line))).toBe(false);
  });
});
