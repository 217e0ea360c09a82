/** Where browsers find this server: all that addresses and cookies are made from. */
export interface PublicPlace {
  /** Without a slash at the end. */
  readonly url: string;
  /** The path part of it, '' or such as '/-/mirrors'; a proxy before this server has taken it away. */
  readonly base: string;
  readonly isSecure: boolean;
}

export function publicPlace(publicUrl: string): PublicPlace {
  const url = publicUrl.replace(/\/+$/, '');
  const { pathname, protocol } = new URL(url);
  return { url, base: pathname.replace(/\/+$/, ''), isSecure: protocol === 'https:' };
}

/**
 * A path of this server's own, with its query; '/' for everything else. A browser takes "//host", "/\host" and "/<tab>/host"
 * for another server.
 */
export function ownPath(text: unknown): string {
  if (typeof text !== 'string' || text.length > 2000 || !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text)) return '/';
  const here = 'http://own.invalid';
  const url = new URL(text, here);
  return url.origin === here && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}` : '/';
}

/** "owner/repo" as a forge would take it, and null for everything else. */
export function projectName(text: unknown): string | null {
  if (typeof text !== 'string' || !/^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/.test(text)) return null;
  return text.split('/').some((part) => part === '.' || part.includes('..')) ? null : text;
}
