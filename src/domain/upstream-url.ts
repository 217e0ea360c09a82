import { HeadwaterError } from './errors';
import { isSshAddress, parseSshUrl, type SshTarget } from './ssh-url';

/** Where a mirror follows from: an http(s) or ssh repository address, parsed once, without a secret. */
export interface UpstreamUrl {
  /** Normalised address, rebuilt from the parsed fields: what is stored, shown and fetched from. */
  readonly href: string;
  /** Scheme, host and port: what a stored secret is bound to. */
  readonly origin: string;
  /** Host name or address in canonical spelling; an IPv6 address stands without brackets. */
  readonly host: string;
  /** null for http and https. */
  readonly ssh: SshTarget | null;
}

export interface ParsedUpstreamUrl {
  readonly url: UpstreamUrl;
  /** The text carried a password, or for http a user name; they were dropped. */
  readonly hadCredentials: boolean;
}

const maxLength = 2000;

/**
 * Reads what a person typed. The WHATWG parser turns every odd spelling of an address (0177.1, 0x7f.1, 2130706433) into
 * its canonical form, so that address policies see one spelling only (SSRF-01, SSRF-03).
 * Raises url_invalid, url_scheme_forbidden.
 */
export function parseUpstreamUrl(text: string): ParsedUpstreamUrl {
  const typed = text.trim();
  if (typed === '') throw new HeadwaterError('url_invalid', { why: 'it is empty' });
  if (typed.length > maxLength)
    throw new HeadwaterError('url_invalid', { why: `it is longer than ${maxLength} characters` });
  // The WHATWG parser silently drops tabs and newlines and turns "\" into "/"; other parsers don't, so refuse them all.
  // eslint-disable-next-line no-control-regex -- control characters are what this refuses
  if (/[\u0000-\u0020\u007f\\]/.test(typed))
    throw new HeadwaterError('url_invalid', { why: 'it contains a space, a control character or a backslash' });

  if (isSshAddress(typed)) {
    const { target, hadCredentials, ...place } = parseSshUrl(typed);
    return { url: { ...place, ssh: target }, hadCredentials };
  }
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(typed)?.[1]?.toLowerCase();
  if (scheme === undefined || !typed.slice(scheme.length).startsWith('://')) {
    // "host:path" may be scp's way of writing ssh without a user; "javascript:..." has a scheme but no authority.
    if (scheme !== undefined && !scheme.includes('.')) throw new HeadwaterError('url_scheme_forbidden', { scheme });
    throw new HeadwaterError('url_invalid', {
      why: 'it does not start with https://, http:// or ssh://, and has no user before its host',
    });
  }
  if (scheme !== 'https' && scheme !== 'http') throw new HeadwaterError('url_scheme_forbidden', { scheme });
  if (/^[^:]+:\/\/(\/|:|\?|#|$)/.test(typed)) throw new HeadwaterError('url_invalid', { why: 'it names no host' });

  let url: URL;
  try {
    url = new URL(typed);
  } catch {
    throw new HeadwaterError('url_invalid', { why: 'its host or port cannot be read' });
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host.length > 253) throw new HeadwaterError('url_invalid', { why: 'its host name is too long' });
  if (!/^[a-z0-9:._-]+$/i.test(host) || host.startsWith('-'))
    throw new HeadwaterError('url_invalid', { why: 'its host name has characters that are not allowed' });
  if (url.search !== '' || url.hash !== '') throw new HeadwaterError('url_invalid', { why: 'it contains "?" or "#"' });
  if (/%(00|0a|0d|2f|5c)/i.test(url.pathname))
    throw new HeadwaterError('url_invalid', { why: 'its path has an encoded control character or slash' });

  const path = url.pathname.replace(/\/+$/, '');
  if (path === '') throw new HeadwaterError('url_invalid', { why: 'it names a host but no repository' });
  return {
    url: { href: `${url.protocol}//${url.host}${path}`, origin: url.origin, host, ssh: null },
    hadCredentials: url.username !== '' || url.password !== '',
  };
}
