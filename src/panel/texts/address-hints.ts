/*
 * What is said of an address while it is typed. Hints only: what may be saved is decided by src/domain/upstream-url.
 * The browser runs this too, so the file imports nothing.
 */

export interface AddressHint {
  readonly tone: 'ok' | 'care' | 'bad';
  readonly text: string;
  /** Shown as code behind the text. */
  readonly code?: string;
  /** "Did you mean …?": what a press of the button fills in. */
  readonly meant?: string;
}

export interface AddressContext {
  readonly method: 'none' | 'password' | 'key';
  /** Web address of this project, without a slash at the end. */
  readonly self: string;
}

export const addressWords = {
  saved: 'SSH address. Saved as',
  ignored: 'The name and password inside the address are ignored and not stored. Enter them below.',
  start: 'Start the address with https:// or ssh://.',
  plain: 'This address is not encrypted; a password could be read on the way.',
  gitScheme: 'git:// is not supported. Use https:// or ssh://.',
  page: 'This is a page of the repository.',
  folder: 'This must be a server’s address, not a folder.',
  self: 'This is this project itself.',
  keyNeedsSsh: 'An SSH key needs an SSH address.',
  didYouMean: 'Did you mean',
} as const;

const shortHost = /^[a-z0-9-]+([.][a-z0-9-]+)+(:\d+)?\/\S+$/i;

/** The hints for what stands in the field; an empty field has none. */
export function hintsFor(text: string, context: AddressContext): AddressHint[] {
  const typed = text.trim();
  if (typed === '') return [];
  if (/^(file:|[.~]{0,2}\/|[a-z]:\\|\\\\)/i.test(typed)) return [{ tone: 'bad', text: addressWords.folder }];
  if (/^git:\/\//i.test(typed))
    return [{ tone: 'bad', text: addressWords.gitScheme, meant: typed.replace(/^git:/i, 'https:') }];
  if (isSsh(typed)) return sshHints(typed);
  if (!/^https?:\/\//i.test(typed)) {
    const meant = shortHost.test(typed) ? { meant: `https://${typed}` } : {};
    return [{ tone: 'bad', text: addressWords.start, ...meant }];
  }
  return httpHints(typed, context);
}

function isSsh(typed: string): boolean {
  return /^ssh:\/\//i.test(typed) || /^[^/:@\s]+@(\[[^\]]*\]|[^/:@[\s]+):/.test(typed);
}

function sshHints(typed: string): AddressHint[] {
  const saved = asSshUrl(typed);
  const hints: AddressHint[] = [];
  if (/^ssh:\/\/[^/@]*:[^/@]*@/i.test(typed)) hints.push({ tone: 'care', text: addressWords.ignored });
  if (saved !== null && saved !== typed) hints.push({ tone: 'ok', text: addressWords.saved, code: saved });
  return hints;
}

function asSshUrl(typed: string): string | null {
  const url = /^ssh:\/\/(?:([^/@:]*)(?::[^/@]*)?@)?([^/]+)(\/.+)$/i.exec(typed);
  if (url !== null)
    return `ssh://${url[1] || 'git'}@${(url[2] ?? '').toLowerCase().replace(/:22$/, '')}${url[3] ?? ''}`;
  const scp = /^([^/:@]+)@(\[[^\]]*\]|[^/:@[]+):(.+)$/.exec(typed);
  if (scp === null) return null;
  const [, user = '', host = '', path = ''] = scp;
  const absolute = path.startsWith('/') ? path : user === 'git' ? `/${path}` : `/~/${path.replace(/^~\//, '')}`;
  return `ssh://${user}@${host.toLowerCase()}${absolute}`;
}

function httpHints(typed: string, context: AddressContext): AddressHint[] {
  let url: URL;
  try {
    url = new URL(typed);
  } catch {
    return [];
  }
  const path = url.pathname.replace(/\/+$/, '');
  const bare = `${url.protocol}//${url.host}${path}`;
  const hints: AddressHint[] = [];
  if (sameProject(bare, context.self)) return [{ tone: 'bad', text: addressWords.self }];
  const repository = repositoryOfPage(url.host, path);
  if (url.search !== '' || url.hash !== '' || repository !== null)
    hints.push({ tone: 'bad', text: addressWords.page, meant: `${url.protocol}//${url.host}${repository ?? path}` });
  if (url.username !== '' || url.password !== '') hints.push({ tone: 'care', text: addressWords.ignored });
  if (url.protocol === 'http:' && context.method === 'password')
    hints.push({
      tone: 'care',
      text: addressWords.plain,
      meant: typed.replace(/^http:/i, 'https:').replace(/\/\/[^/]*@/, '//'),
    });
  if (context.method === 'key')
    hints.push({
      tone: 'bad',
      text: addressWords.keyNeedsSsh,
      meant: `git@${url.hostname}:${path.replace(/^\//, '')}`,
    });
  return hints;
}

function sameProject(address: string, self: string): boolean {
  const plain = (value: string) =>
    value
      .toLowerCase()
      .replace(/[.]git$/, '')
      .replace(/^https?:/, '');
  return self !== '' && plain(address) === plain(self);
}

/** The repository's path where the address is one of its pages; null where it may well be the repository. */
function repositoryOfPage(host: string, path: string): string | null {
  const gitlab = /^(\/.+?)\/-\/(tree|blob|commits?|merge_requests|issues|settings|tags|branches|raw)\b/.exec(path);
  if (gitlab !== null) return `${gitlab[1] ?? ''}.git`;
  const github =
    /^(\/[^/]+\/[^/]+?)(?:[.]git)?\/(tree|blob|src|commits?|pulls?|issues|settings|releases|tags|branches|actions|wiki|raw)(\/|$)/.exec(
      path,
    );
  if (github === null) return null;
  // A GitLab group may be called like that; only hosts with two levels are sure.
  return /^(www[.])?(github[.]com|codeberg[.]org|bitbucket[.]org)$/i.test(host) || github[2] !== 'wiki'
    ? `${github[1] ?? ''}.git`
    : null;
}
