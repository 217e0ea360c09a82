import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { Secret } from '../domain/credentials';
import { parseDuration, parseSize, showDuration, showSize } from './quantities';

/** A setting's text and what it becomes. Messages name the rule and never the value, which may be a secret. */
export type Kind<T> = z.ZodType<T, string>;

export interface ListenAddress {
  /** An IPv6 address stands without brackets. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

function kind<T>(read: (text: string, fail: (why: string) => never) => T): Kind<T> {
  return z.string().transform((text, context) => {
    let why = '';
    const fail = (reason: string): never => {
      why = reason;
      throw new RangeError(reason);
    };
    try {
      return read(text, fail);
    } catch {
      context.addIssue({ code: 'custom', message: why === '' ? 'cannot be read' : why });
      return z.NEVER;
    }
  });
}

export const plainText: Kind<string> = kind((text) => text);

export const secretText: Kind<Secret> = kind((text, fail) =>
  /^[\x21-\x7e]{1,4096}$/.test(text) ? new Secret(text) : fail('must be one word of printable characters'),
);

/** One or more secrets, separated by commas. */
export const secretList: Kind<readonly Secret[]> = kind((text, fail) =>
  text.split(',').map((part) => {
    const read = secretText.safeParse(part.trim());
    return read.success ? read.data : fail('must be words of printable characters; several are separated by commas');
  }),
);

export function duration(min: string, max: string): Kind<number> {
  return ranged(parseDuration, showDuration, 'a duration such as 90s, 5m or 6h', min, max);
}

export function size(min: string, max: string): Kind<number> {
  return ranged(parseSize, showSize, 'a size such as 64MiB or 2GiB', min, max);
}

export function wholeNumber(min: number, max: number): Kind<number> {
  const parse = (text: string): number | null => (/^\d{1,9}$/.test(text) ? Number(text) : null);
  return ranged(parse, String, 'a whole number', String(min), String(max));
}

export function oneOf<T extends string>(...words: readonly [T, ...T[]]): Kind<T> {
  return kind((text, fail) => words.find((word) => word === text) ?? fail(`must be one of ${words.join(', ')}`));
}

/** http or https, without credentials and without a slash at the end. */
export const httpUrl: Kind<string> = kind((text, fail) => {
  const url = URL.canParse(text) ? new URL(text) : fail('must be a URL such as https://forge.example.org');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') fail('must start with https:// or http://');
  if (url.username !== '' || url.password !== '') fail('must not contain a user name or password');
  if (url.search !== '' || url.hash !== '') fail('must not contain "?" or "#"');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
});

/** A URL that may carry a password, so it is a secret as a whole. */
export function serviceUrl(...schemes: readonly string[]): Kind<Secret> {
  const starts = schemes.map((scheme) => `${scheme}://`);
  return kind((text, fail) => {
    if (!starts.some((start) => text.startsWith(start))) fail(`must start with ${starts.join(' or ')}`);
    return URL.canParse(text) ? new Secret(text) : fail('cannot be read as a URL');
  });
}

export const listenAddress: Kind<ListenAddress> = kind((text, fail) => {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+)):(\d{1,5})$/i.exec(text);
  const wrong = 'must be host:port, such as 127.0.0.1:8095 or [::1]:8095';
  const host = match?.[1] ?? match?.[2] ?? fail(wrong);
  if (match?.[1] !== undefined && isIP(host) !== 6) fail(wrong);
  const port = Number(match?.[3]);
  if (port > 65_535) fail('must have a port below 65536');
  return { host, port };
});

/** One or more keys of 32 bytes; the first seals, all open. */
export const sealingKeys: Kind<readonly Secret[]> = kind((text, fail) =>
  text.split(',').map((part) => {
    const key = part.trim();
    const bytes = /^[0-9a-f]{64}$/i.test(key)
      ? Buffer.from(key, 'hex')
      : /^[A-Za-z0-9+/_-]{43}=?$/.test(key)
        ? Buffer.from(key, 'base64')
        : Buffer.alloc(0);
    if (bytes.length !== 32)
      fail('must be 32 bytes in base64 or as 64 hexadecimal digits; several are separated by commas');
    return new Secret(bytes.toString('base64'));
  }),
);

/** Hosts, host:port, addresses and networks (CIDR), separated by commas. */
export const upstreamList: Kind<readonly string[]> = kind((text, fail) =>
  text
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => {
      const lower = entry.toLowerCase();
      return isUpstreamEntry(lower) ? lower : fail(`has an entry that is no host, host:port, address or network`);
    }),
);

/** Addresses and networks (CIDR), separated by commas. */
export const addressList: Kind<readonly string[]> = kind((text, fail) =>
  text
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) =>
      isIP(entry) !== 0 || ipaddr.isValidCIDR(entry) ? entry : fail('has an entry that is no address or network'),
    ),
);

function isUpstreamEntry(entry: string): boolean {
  if (entry.includes('/')) return ipaddr.isValidCIDR(entry);
  if (isIP(entry) !== 0) return true;
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?))(?::(\d{1,5}))?$/.exec(entry);
  if (match === null) return false;
  const [, ipv6, host, port] = match;
  if (ipv6 !== undefined && isIP(ipv6) !== 6) return false;
  // Looks like an IPv4 address and is none: a typing mistake, not a host name.
  if (host !== undefined && /^[0-9.]+$/.test(host) && isIP(host) !== 4) return false;
  return port === undefined || (Number(port) > 0 && Number(port) <= 65_535);
}

function ranged(
  parse: (text: string) => number | null,
  show: (value: number) => string,
  what: string,
  min: string,
  max: string,
): Kind<number> {
  const lowest = parse(min) ?? 0;
  const highest = parse(max) ?? Number.MAX_SAFE_INTEGER;
  return kind((text, fail) => {
    const value = parse(text) ?? fail(`must be ${what}`);
    return value >= lowest && value <= highest ? value : fail(`must be from ${show(lowest)} to ${show(highest)}`);
  });
}
