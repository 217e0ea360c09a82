import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import net from 'node:net';
import { HeadwaterError } from '../domain/errors';
import type { AddressPolicy } from './address-policy';
import {
  connectTimeoutCode,
  createRequester,
  lookupBy,
  portOf,
  type ConnectionOptions,
  type HttpRequester,
} from './requester';

/** All addresses of a host name. Rejects as dns.lookup does. */
export type ResolveHost = (host: string) => Promise<readonly LookupAddress[]>;

export interface GuardedDialerOptions extends Pick<ConnectionOptions, 'connectTimeoutMs' | 'ca'> {
  readonly policy: AddressPolicy;
  readonly resolve?: ResolveHost;
  readonly dnsTimeoutMs?: number;
}

export interface GuardedDialer extends HttpRequester {
  /**
   * A bare TCP connection, for SSH. `host` is as in UpstreamUrl. Rejects with url_blocked, upstream_host_unknown, the
   * system's error, or one with connectTimeoutCode. An aborted signal destroys it, also later.
   */
  connect(host: string, port: number, signal: AbortSignal): Promise<net.Socket>;
}

/** More addresses than this are a DNS gone mad, or hostile. */
const maxAddresses = 16;

/**
 * A requester that connects to no address which the policy forbids. The check sits where the connection is made, and the
 * connection goes to the very address that was checked, so an answer of the DNS that changes between check and use
 * changes nothing (SSRF-04). If any address of a host is forbidden, none is used. TLS is checked against the host's own
 * name. Raises url_blocked, one text for everything forbidden (SSRF-09), and upstream_host_unknown.
 */
export function createGuardedDialer(options: GuardedDialerOptions): GuardedDialer {
  const { policy, resolve = resolveBySystem, dnsTimeoutMs = 5_000, connectTimeoutMs = 10_000 } = options;

  const checkedAddresses = async (host: string, port: number): Promise<readonly LookupAddress[]> => {
    const addresses = await withTimeout(resolve(host), dnsTimeoutMs, host);
    if (addresses.length === 0) throw new HeadwaterError('upstream_host_unknown', { host });
    if (!addresses.every(({ address }) => policy.allows(host, port, address)))
      throw new HeadwaterError('url_blocked', { host });
    return addresses.slice(0, maxAddresses);
  };
  const requester = createRequester({
    connectTimeoutMs: options.connectTimeoutMs,
    ca: options.ca,
    resolve: checkedAddresses,
  });

  return {
    request(request) {
      const { hostname } = request.url;
      const host = hostname.replace(/^\[|\]$/g, '');
      // For an address literal Node asks for no look-up.
      if (isAddress(hostname) && !policy.allows(host, portOf(request.url), host))
        throw new HeadwaterError('url_blocked', { host });
      return requester.request(request);
    },
    async connect(host, port, signal) {
      if (net.isIP(host) !== 0 && !policy.allows(host, port, host)) throw new HeadwaterError('url_blocked', { host });
      return connectTcp({ host, port, signal, lookup: lookupBy(checkedAddresses, port) }, connectTimeoutMs);
    },
    close: () => requester.close(),
  };
}

/** The WHATWG parser leaves IPv4 addresses in canonical form and puts IPv6 addresses into brackets. */
function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(hostname);
}

function connectTcp(options: net.TcpNetConnectOpts, timeoutMs: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    // With several addresses, each gets a part of the time, so that a dead one does not hide the next.
    const socket = net.connect({ ...options, autoSelectFamily: true, noDelay: true, keepAlive: true });
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('connecting took too long'), { code: connectTimeoutCode }));
    }, timeoutMs);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

async function withTimeout(
  pending: Promise<readonly LookupAddress[]>,
  timeoutMs: number,
  host: string,
): Promise<readonly LookupAddress[]> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new HeadwaterError('upstream_host_unknown', { host })), timeoutMs);
  });
  try {
    return await Promise.race([pending, expired]);
  } catch (error) {
    throw error instanceof HeadwaterError
      ? error
      : new HeadwaterError('upstream_host_unknown', { host }, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function resolveBySystem(host: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(host, { all: true, verbatim: true }, (error, addresses) =>
      error === null ? resolve(addresses) : reject(error),
    );
  });
}
