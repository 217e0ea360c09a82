import type { Mirror } from '../domain/mirror';

/** What a stored password belongs to: this mirror, this scheme, host and port, and this user. */
export function secretContext(mirror: Pick<Mirror, 'id' | 'url' | 'authUser'>): string {
  return ['mirror', mirror.id, new URL(mirror.url).origin, mirror.authUser ?? ''].join('|');
}
