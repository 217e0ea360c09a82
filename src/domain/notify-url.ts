import { HeadwaterError } from './errors';
import type { UpstreamUrl } from './upstream-url';

const maxLength = 2000;

/** Reads the address that a maintainer wants to be told at; unlike an upstream's it may have a query. Raises url_invalid, url_scheme_forbidden. */
export function parseNotifyUrl(text: string): UpstreamUrl {
  const typed = text.trim();
  const invalid = (why: string) => new HeadwaterError('url_invalid', { why });
  if (typed.length > maxLength) throw invalid(`it is longer than ${maxLength} characters`);
  // eslint-disable-next-line no-control-regex -- control characters are what this refuses
  if (/[\u0000-\u0020\u007f\\]/.test(typed)) throw invalid('it contains a space, a control character or a backslash');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(typed)?.[1]?.toLowerCase();
  if (scheme === undefined) throw invalid('it does not start with https:// or http://');
  if (scheme !== 'https' && scheme !== 'http') throw new HeadwaterError('url_scheme_forbidden', { scheme });
  let url: URL;
  try {
    url = new URL(typed);
  } catch {
    throw invalid('its host or port cannot be read');
  }
  if (url.username !== '' || url.password !== '') throw invalid('it carries a user name or password');
  url.hash = '';
  return { href: url.href, origin: url.origin, host: url.hostname.replace(/^\[|\]$/g, ''), ssh: null };
}
