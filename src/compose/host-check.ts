import { isIP } from 'node:net';
import { HeadwaterError } from '../domain/errors';
import type { AddressPolicy } from '../git-http/address-policy';

/**
 * Refuses, when an upstream is named, what no run could connect to: forbidden address literals and localhost. A host name is
 * checked where it is connected to. Raises url_blocked.
 */
export function createHostCheck(policy: AddressPolicy, allowed: readonly string[]): (host: string) => void {
  // The port is not known here, so one that any exception of the admin names will do; the run looks at the real one.
  const named = allowed.flatMap((entry) => /[^:]:(\d+)$/.exec(entry)?.[1] ?? []).map(Number);
  const ports = [80, 443, ...named];
  return (host) => {
    const addresses = isIP(host) !== 0 ? [host] : /(^|\.)localhost\.?$/i.test(host) ? ['127.0.0.1', '::1'] : [];
    if (addresses.length === 0) return;
    if (!addresses.some((address) => ports.some((port) => policy.allows(host, port, address))))
      throw new HeadwaterError('url_blocked', { host });
  };
}
