import type { Mirror } from '../domain/mirror';
import { parseUpstreamUrl } from '../domain/upstream-url';

/** What a stored password belongs to: this mirror, this scheme, host and port, and this user. */
export function secretContext(mirror: Pick<Mirror, 'id' | 'url' | 'authUser'>): string {
  return ['mirror', mirror.id, parseUpstreamUrl(mirror.url).url.origin, mirror.authUser ?? ''].join('|');
}

/** What a private SSH key belongs to: this mirror, this host and port, and the user inside the address. */
export function sshKeyContext(mirror: Pick<Mirror, 'id' | 'url'>): string {
  const { origin, ssh } = parseUpstreamUrl(mirror.url).url;
  return ['mirror-ssh-key', mirror.id, origin, ssh?.user ?? ''].join('|');
}
