import ipaddr from 'ipaddr.js';

/** Which addresses may be connected to. */
export interface AddressPolicy {
  /** May we connect to this address, found under this host name? `host` is as in UpstreamUrl, `address` an IP address. */
  allows(host: string, port: number, address: string): boolean;
}

/** An entry of the admin's list is not a host, host:port, address or CIDR block. */
export class AllowListError extends Error {}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/**
 * Public unicast addresses, and what the admin allows beyond them: exact host names, `host:port`, addresses and CIDR
 * blocks (SSRF-01, SSRF-08). A port in an entry limits it to that port. Raises AllowListError.
 */
export function createAddressPolicy(allowed: readonly string[]): AddressPolicy {
  const hosts = new Set<string>();
  const ranges: { readonly range: Range; readonly port: number | null }[] = [];
  for (const entry of allowed) {
    const text = entry.trim().toLowerCase();
    const range = parseRange(text);
    if (range !== null) ranges.push({ range, port: null });
    else {
      const { host, port } = splitPort(text, entry);
      const one = parseRange(host);
      if (one !== null) ranges.push({ range: one, port });
      else hosts.add(port === null ? host : `${host}:${port}`);
    }
  }
  return {
    allows(host, port, address) {
      if (!ipaddr.isValid(address)) return false;
      // `process` turns ::ffff:127.0.0.1 into 127.0.0.1, which an IPv6 socket would reach.
      const ip = ipaddr.process(address);
      if (ip.range() === 'unicast' && !embedsForbidden(ip)) return true;
      const name = host.toLowerCase().replace(/\.$/, '');
      if (hosts.has(name) || hosts.has(`${name}:${port}`)) return true;
      return ranges.some((entry) => (entry.port === null || entry.port === port) && matches(ip, entry.range));
    },
  };
}

/** The old "IPv4-compatible" form (::127.0.0.1) counts as unicast; nothing good is there. */
function embedsForbidden(ip: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return ip.kind() === 'ipv6' && (ip as ipaddr.IPv6).parts.slice(0, 6).every((part) => part === 0);
}

function parseRange(text: string): Range | null {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  try {
    if (bare.includes('/')) return ipaddr.parseCIDR(bare);
    // Only the canonical dotted form is an address here; "10" or "0x7f.1" would be surprises in a list of exceptions.
    if (ipaddr.IPv6.isValid(bare) || ipaddr.IPv4.isValidFourPartDecimal(bare)) {
      const ip = ipaddr.process(bare);
      return [ip, ip.kind() === 'ipv4' ? 32 : 128];
    }
  } catch {
    // Not an address: a host name, or nonsense that splitPort reports.
  }
  return null;
}

function splitPort(text: string, entry: string): { host: string; port: number | null } {
  const parts = /^(\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?)(?::(\d{1,5}))?$/.exec(text);
  const port = parts?.[3] === undefined ? null : Number(parts[3]);
  if (parts?.[1] === undefined || (port !== null && (port < 1 || port > 65_535)))
    throw new AllowListError(`"${entry}" is not a host, host:port, address or CIDR block`);
  return { host: parts[1].replace(/\.$/, ''), port };
}

function matches(ip: ipaddr.IPv4 | ipaddr.IPv6, range: Range): boolean {
  return ip.kind() === range[0].kind() && ip.match(range);
}
