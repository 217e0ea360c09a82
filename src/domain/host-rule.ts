/** One entry of the admin's lists of hosts: a name in which `*` stands for anything, and maybe a port. */
export interface HostRule {
  /** As UpstreamUrl writes hosts: lower case, ASCII, an IPv6 address without brackets. */
  readonly host: string;
  /** null: every port. */
  readonly port: number | null;
}

/** Where a repository is, as far as the lists go by it. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

const longestRule = 253;

/**
 * Reads `example.org`, `*.example.org`, `example.org:8443`, `10.*`, `[2001:db8::1]:443`. The WHATWG parser brings names into
 * the spelling in which addresses are compared, so other scripts and odd addresses cannot slip past a rule (SSRF-03).
 * null: it is none.
 */
export function parseHostRule(text: string): HostRule | null {
  const typed = text.trim();
  const parts = /^(\[[0-9a-f:.]+\]|[^\s/:@?#[\]\\%]+)(?::(\d{1,5}))?$/i.exec(typed) ?? bareIpv6(typed);
  const port = parts?.[2] === undefined ? null : Number(parts[2]);
  if (parts?.[1] === undefined || (port !== null && (port < 1 || port > 65_535))) return null;
  let host: string;
  try {
    host = plainHost(new URL(`http://${parts[1]}/`).hostname);
  } catch {
    return null;
  }
  return host === '' || host.length > longestRule || !/^[a-z0-9:._*-]+$/.test(host) ? null : { host, port };
}

/** The rule as it is stored and shown. */
export function showHostRule({ host, port }: HostRule): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return port === null ? shown : `${shown}:${port}`;
}

/** `*` stands for any characters, dots too; a rule without a port is for all ports. */
export function fitsRule({ host, port }: HostRule, place: Place): boolean {
  return (port === null || port === place.port) && fitsGlob(host, plainHost(place.host));
}

/** Host and port of a parsed address. */
export function placeOf(href: string): Place {
  const { hostname, port, protocol } = new URL(href);
  const usual: Readonly<Record<string, number>> = { 'https:': 443, 'http:': 80, 'ssh:': 22 };
  return { host: plainHost(hostname), port: port === '' ? (usual[protocol] ?? 0) : Number(port) };
}

/** A dot at the end names the same host. */
function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

function bareIpv6(typed: string): RegExpExecArray | null {
  return /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(typed) ? /^(.*)$/.exec(`[${typed}]`) : null;
}

/** In one walk, going back to the last star only, so no rule takes long. */
function fitsGlob(glob: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let taken = 0;
  for (let position = 0; position < text.length;) {
    if (glob[at] === '*') {
      star = at;
      taken = position;
      at += 1;
    } else if (at < glob.length && glob[at] === text[position]) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      taken += 1;
      position = taken;
      at = star + 1;
    } else return false;
  }
  return /^\**$/.test(glob.slice(at));
}
