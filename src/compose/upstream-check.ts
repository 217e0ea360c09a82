import { isIP } from 'node:net';
import { HeadwaterError } from '../domain/errors';
import type { UpstreamUrl } from '../domain/upstream-url';
import type { AddressPolicy } from '../git-http/address-policy';

/**
 * Refuses, when an upstream is named, what no run could connect to: forbidden address literals and localhost. A host name is
 * checked where it is connected to. Raises url_blocked.
 */
export function createUpstreamCheck(policy: AddressPolicy): (url: UpstreamUrl) => void {
  return ({ href, host, ssh }) => {
    const { port, protocol } = new URL(href);
    const usual = ssh?.port ?? (protocol === 'https:' ? 443 : 80);
    const number = port === '' ? usual : Number(port);
    const addresses = isIP(host) !== 0 ? [host] : /(^|\.)localhost\.?$/i.test(host) ? ['127.0.0.1', '::1'] : [];
    if (addresses.length > 0 && !addresses.some((address) => policy.allows(host, number, address)))
      throw new HeadwaterError('url_blocked', { host });
  };
}
