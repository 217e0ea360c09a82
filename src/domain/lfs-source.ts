import type { Credentials, Secret } from './credentials';

/** Where a mirror's LFS objects come from. */
export interface LfsSource {
  /** Address of the LFS server, without a slash at its end: `<endpoint>/objects/batch`. */
  readonly endpoint: string;
  /** The upstream's credentials, and the one origin that they may be sent to (HOST-11). */
  readonly credentials: Credentials | null;
  readonly credentialsOrigin: string;
  /** What an SSH upstream gave for signing in; sent to that origin alone, as the credentials are. */
  readonly login?: LfsLogin | null;
}

/** The answer of an SSH upstream to "where are the LFS objects?". */
export interface LfsLogin {
  /** Without a slash at its end. */
  readonly endpoint: string;
  /** Headers by lower-case name. */
  readonly headers: ReadonlyMap<string, Secret>;
  /** Epoch ms; a new one is asked for then. */
  readonly expiresAt: number;
}

/** Where an SSH upstream says that its objects are. */
export function sourceOfLogin(login: LfsLogin): LfsSource {
  return { endpoint: login.endpoint, credentials: null, credentialsOrigin: new URL(login.endpoint).origin, login };
}

/**
 * git-lfs's rule (docs/api/server-discovery.md): `<repository>.git/info/lfs`, over HTTPS where the repository is reached
 * by SSH and its server does not say where else. `.lfsconfig`, which the upstream's authors control, is never obeyed; `address` is the mirror's own setting.
 */
export function lfsEndpoint(repository: string, address: string | null): string {
  if (address !== null) return address.replace(/\/+$/, '');
  const url = new URL(repository);
  const path = url.pathname.replace(/\/+$/, '');
  const base = url.protocol === 'ssh:' ? `https://${url.hostname}` : `${url.protocol}//${url.host}`;
  return `${base}${path.endsWith('.git') ? path : `${path}.git`}/info/lfs`;
}
