import type { Credentials } from './credentials';

/** Where a mirror's LFS objects come from. */
export interface LfsSource {
  /** Address of the LFS server, without a slash at its end: `<endpoint>/objects/batch`. */
  readonly endpoint: string;
  /** The upstream's credentials, and the one origin that they may be sent to (HOST-11). */
  readonly credentials: Credentials | null;
  readonly credentialsOrigin: string;
}

/**
 * git-lfs's rule (docs/api/server-discovery.md): `<repository>.git/info/lfs`, over HTTPS where the repository is reached
 * by SSH. `.lfsconfig`, which the upstream's authors control, is never obeyed; `address` is the mirror's own setting.
 */
export function lfsEndpoint(repository: string, address: string | null): string {
  if (address !== null) return address.replace(/\/+$/, '');
  const url = new URL(repository);
  const path = url.pathname.replace(/\/+$/, '');
  const base = url.protocol === 'ssh:' ? `https://${url.hostname}` : `${url.protocol}//${url.host}`;
  return `${base}${path.endsWith('.git') ? path : `${path}.git`}/info/lfs`;
}
