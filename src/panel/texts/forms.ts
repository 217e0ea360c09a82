import { code, outside, say, strong, type Rich } from './rich';
import { count } from './numbers';

export const form = {
  intro: 'Keep this project in step with repositories elsewhere: pull from one, push to any number.',

  direction: 'Direction',
  pull: 'Pull',
  pullHelp: 'Brings branches and tags from the other repository into this project.',
  push: 'Push',
  pushHelp: 'Sends this project’s branches and tags to the other repository.',
  pushWarning: say`The other repository becomes a copy of this project. Branches and tags that exist only there are ${strong('deleted')} there.`,
  address: 'Repository address',
  placeholder: 'https://github.com/octo-org/library.git',
  method: 'Authentication method',
  none: 'None, it is public',
  password: 'Username and password',
  key: 'SSH key',
  username: 'Username',
  usernameHelp: say`Usually ${code('git')}. It is part of the address.`,
  secret: 'Password or access token',
  secretHelp: 'Sealed when it is saved, and never shown again.',
  stored: 'Stored. Leave empty to keep it',
  tokenEnd: 'The token ends on',
  tokenEndHelp: 'Leave empty if it does not end. In the week before, this page says so.',
  tokenEndInvalid: 'This is not a date.',
  keyType: 'Kind of key',
  keyTypes: { ed25519: 'Ed25519, for nearly every server', rsa: 'RSA, for old servers' },
  mayWrite: 'The token must be allowed to write there.',
  keyHelp: 'Headwater makes a key for this mirror; you add its public half at the other repository after saving.',
  saving: {
    pull: 'Add mirror',
    edit: 'Save',
  },
  editTitle: 'Edit this mirror',
  editKey: 'Public key of this mirror',
  faulty: 'Nothing was saved. See the marked fields.',
  addressMissing: 'Enter the address of the other repository.',
  addressUnreadable: (why: string | null): string =>
    why === null ? 'This address can’t be used. Use https:// or ssh://.' : `This address can’t be used: ${why}.`,
  intervalInvalid: (why: string): string => `This interval ${why}.`,
  patternMissing: 'Enter a pattern, or choose “All”.',
  patternInvalid: 'This is not an RE2 pattern.',
  noControl: 'This has characters that can’t be sent.',
  noColon: 'A username has no colon.',
  accountMissing: (account: string, href: string): Rich =>
    say`Headwater delivers as ${code(account)}, which may not push to this project yet. Add it under ${outside('Settings → Collaborators', href)}, with write access.`,
  already: 'This project pulls from a repository already. Delete that mirror first, or edit it.',
} as const;

/** Where to make a token that may read, for hosts that have a page for it. */
export const tokenHelp: Readonly<
  Record<string, { readonly text: string; readonly link: string; readonly href: string }>
> = {
  'github.com': {
    text: 'On github.com, make a fine-grained token that may read “Contents” of this repository.',
    link: 'Create one',
    href: 'https://github.com/settings/personal-access-tokens/new',
  },
  'gitlab.com': {
    text: 'On gitlab.com, make an access token with the scope “read_repository”.',
    link: 'Create one',
    href: 'https://gitlab.com/-/user_settings/personal_access_tokens',
  },
  'codeberg.org': {
    text: 'On codeberg.org, make an access token that may read repositories.',
    link: 'Create one',
    href: 'https://codeberg.org/user/settings/applications',
  },
  'bitbucket.org': {
    text: 'On bitbucket.org, make an access token of the repository that may read it; the username is x-token-auth.',
    link: 'How to',
    href: 'https://support.atlassian.com/bitbucket-cloud/docs/create-a-repository-access-token/',
  },
};

export const options = {
  title: 'Options',
  branches: 'Branches',
  all: 'All',
  protectedOnly: 'Only those protected in this project',
  matching: 'Only names that match',
  patternLabel: 'Pattern for branch names',
  patternPlaceholder: 'main|release/.*',
  patternHelp: 'Matches the whole name. RE2 pattern.',
  tags: 'Tags',
  tagChoices: { all: 'All', on_branches: 'Only on mirrored branches', none: 'None' },
  divergence: 'When a branch was changed here too',
  divergenceChoices: {
    keep: 'Leave it as it is here and tell me',
    overwrite: 'Replace it',
    overwrite_with_backup: 'Replace it, keep a backup',
    pull_request: 'Open a pull request',
  },
  deletions: 'When a branch is deleted there',
  deletionChoices: { ignore: 'Keep it here', follow: 'Delete it here too, unless changed here' },
  lfs: 'Copy Git LFS files',
  lfsHelp: 'Large files that the repository keeps outside Git.',
  lfsUnavailable: 'This forge does not keep LFS files.',
  lfsUrl: 'Address of its LFS server',
  lfsUrlHelp: 'Empty: where Git LFS would look by itself.',
  lfsUrlPlaceholder: 'https://lfs.example.org/library',
  lfsUrlInvalid: 'This address can’t be used. Use one that starts with https:// and that your admin allows.',
  followDefault: 'Follow the default branch',
  followDefaultHelp: 'Until somebody chooses another one here.',
  interval: 'Check for changes',
  usualInterval: (every: string): string => `As usual here: ${every}`,
  adaptive: 'More often while it is active',
  otherInterval: (every: string): string => every.charAt(0).toUpperCase() + every.slice(1),
  more: 'More',
  onCommit: 'Update after each push here',
  pushBranches: 'Branches',
  pushBranchesPlaceholder: 'main, release/*',
  pushBranchesHelp: 'Empty: all. Separate names by commas; * stands for any part of a name. Tags always go along.',
  every: 'Also every',
  everyChoices: { '8h0m0s': '8 hours', '1h0m0s': 'hour', '24h0m0s': 'day', '0': 'never' },
} as const;

export const test = {
  connected: (branches: number, tags: number, main: string | null): Rich =>
    main === null
      ? say`${strong('Connected.')} ${count(branches, 'branch')}, ${count(tags, 'tag')}.`
      : say`${strong('Connected.')} ${count(branches, 'branch')}, ${count(tags, 'tag')}, default branch ${code(main)}.`,
  already: (branches: number): Rich =>
    say`This project already has ${count(branches, 'branch')}. What is the same stays; what differs is left as it is unless the options say otherwise.`,
  answers: say`${strong('It answers.')} Whether you may write there shows with the first push.`,
  failed: 'Not connected.',
};

export const hostKeys = {
  question: (host: string): Rich => say`${strong(`Is this really ${host}?`)} It identified itself with these keys:`,
  published: (who: string): string => `Same as the fingerprints that ${who} publishes.`,
  compare: 'Compare them yourself',
  unknown: (host: string): string => `Compare them with what the owner of ${host} publishes.`,
  mismatch: (who: string): Rich => say`${strong(`These are not the keys that ${who} publishes.`)} Don’t go on.`,
  confirm: 'These are the right keys. Stop the mirror if they ever change.',
  legend: 'Confirm',
  first: 'Confirm the server’s keys first.',
  lookFirst: 'See the server’s keys',
};
