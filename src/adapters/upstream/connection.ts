import { basicAuthorization } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import type { GuardedDialer } from '../../git-http/guarded-dialer';
import type { UpstreamAccess } from '../../ports/upstream';
import type { UpstreamContext } from './http-errors';
import type { SshPlace } from './ssh/ssh-command';

/** What to connect to over SSH; null for an address of HTTP. */
export function sshPlace({ url, ssh }: UpstreamAccess, dialer: GuardedDialer, idleTimeoutMs: number): SshPlace | null {
  if (url.ssh === null) return null;
  if (ssh === null) throw new HeadwaterError('internal');
  return { url, ssh: url.ssh, access: ssh, dialer, idleTimeoutMs };
}

export function authorizationOf({ credentials }: UpstreamAccess): string | null {
  return credentials === null ? null : basicAuthorization(credentials);
}

/** What the texts of faults are about, and what must not stand in them. */
export function contextOf({ url, credentials }: UpstreamAccess, doing: UpstreamContext['doing']): UpstreamContext {
  return {
    host: url.host,
    hasCredentials: credentials !== null,
    secrets: credentials === null ? [] : [credentials.password.reveal(), basicAuthorization(credentials).slice(6)],
    doing,
  };
}
