import { HeadwaterError } from './errors';

/** What an ssh address says beyond its host. */
export interface SshTarget {
  readonly user: string;
  readonly port: number;
  /** The repository as the upstream's shell is told: absolute, or relative to the user's home folder. */
  readonly path: string;
}

export interface ParsedSshUrl {
  /** ssh://user@host[:port]/path */
  readonly href: string;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly host: string;
  readonly target: SshTarget;
  /** The text carried a password, which was dropped. */
  readonly hadCredentials: boolean;
}

const defaultSshPort = 22;

/** ssh://[user[:password]@]host[:port]/path, or scp's [user@]host:path; the user is needed to tell the latter from a scheme. */
export function isSshAddress(typed: string): boolean {
  return /^ssh:\/\//i.test(typed) || /^[^/:@]+@(\[[^\]]*\]|[^/:@[]+):/.test(typed);
}

/**
 * Reads an ssh address and writes it as ssh://user@host[:port]/path. `/~/x` is x in the user's home folder, as git has it.
 * Users and paths are held to few characters, since the path ends up in the upstream's shell (SSRF-11).
 * Raises url_invalid.
 */
export function parseSshUrl(typed: string): ParsedSshUrl {
  const { userInfo, host: typedHost, port: typedPort, path: typedPath } = split(typed);
  const [typedUser = '', ...password] = userInfo.split(':');
  const user = typedUser === '' ? 'git' : typedUser;
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}$/.test(user))
    throw invalid('its user name has characters that are not allowed');
  const host = canonicalHost(typedHost);
  const port = typedPort === '' ? defaultSshPort : Number(typedPort);
  if (!(port >= 1 && port <= 65_535)) throw invalid('its host or port cannot be read');

  const path = checkPath(typedPath);
  const authority = `${host.includes(':') ? `[${host}]` : host}${port === defaultSshPort ? '' : `:${port}`}`;
  const shownPath = path.startsWith('/') ? path : `/~/${path}`;
  return {
    href: `ssh://${user}@${authority}${encodeURI(shownPath)}`,
    origin: `ssh://${host.includes(':') ? `[${host}]` : host}:${port}`,
    host,
    target: { user, port, path },
    hadCredentials: password.length > 0,
  };
}

interface Parts {
  readonly userInfo: string;
  readonly host: string;
  readonly port: string;
  /** Decoded; starts with a slash or is relative to the home folder. */
  readonly path: string;
}

function split(typed: string): Parts {
  const url = /^ssh:\/\/(?:([^/]*)@)?(\[[^\]/]*\]|[^/:@[\]]*)(?::([^/]*))?(\/.*)?$/i.exec(typed);
  if (url !== null) {
    const [, userInfo = '', host = '', port = '', path = ''] = url;
    if (!/^\d{0,5}$/.test(port)) throw invalid('its host or port cannot be read');
    const decoded = decode(path);
    return { userInfo, host, port, path: decoded.startsWith('/~/') ? decoded.slice(3) : decoded };
  }
  const scp = /^([^/:@]+)@(\[[^\]]*\]|[^/:@[]+):(.*)$/.exec(typed);
  if (scp === null) throw invalid('its host or port cannot be read');
  const [, userInfo = '', host = '', path = ''] = scp;
  if (path.startsWith('~/')) return { userInfo, host, port: '', path: path.slice(2) };
  // Forges sign everybody in as "git" and know no home folder: there, both spellings name the same repository.
  return { userInfo, host, port: '', path: path.startsWith('/') || userInfo !== 'git' ? path : `/${path}` };
}

/** The WHATWG parser reads a host as an address in any odd spelling for http only, so it is asked for http (SSRF-01). */
function canonicalHost(typed: string): string {
  if (typed === '') throw invalid('it names no host');
  let host: string;
  try {
    host = new URL(`http://${typed}/`).hostname.replace(/^\[|\]$/g, '');
  } catch {
    throw invalid('its host or port cannot be read');
  }
  if (host.length > 253) throw invalid('its host name is too long');
  if (!/^[a-z0-9:._-]+$/i.test(host) || host.startsWith('-'))
    throw invalid('its host name has characters that are not allowed');
  return host;
}

function checkPath(typed: string): string {
  const path = typed.replace(/\/+$/, '');
  if (path === '' || path === '~') throw invalid('it names a host but no repository');
  // Letters of any script, and signs that mean nothing to a shell inside single quotes or to git's own quoting.
  if (!/^[\p{L}\p{M}\p{N} ._+@=,:%/-]+$/u.test(path)) throw invalid('its path has characters that are not allowed');
  const segments = path.replace(/^\//, '').split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    throw invalid('its path has an empty part, "." or ".."');
  if (segments[0]?.startsWith('-')) throw invalid('its path starts with "-"');
  return path;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalid('its path has a "%" that encodes nothing');
  }
}

function invalid(why: string): HeadwaterError {
  return new HeadwaterError('url_invalid', { why });
}
