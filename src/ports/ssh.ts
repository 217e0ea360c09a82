import type { Secret } from '../domain/credentials';
import type { HostKey, SshKeyType } from '../domain/mirror-ssh';
import type { UpstreamUrl } from '../domain/upstream-url';

export interface NewSshKey {
  readonly type: SshKeyType;
  /** One line as for authorized_keys. */
  readonly publicKey: string;
  readonly privateKey: Secret;
}

/** Keys of both sides of SSH. */
export interface Ssh {
  /** A new key pair; RSA takes a second or more. */
  generateKey(type: SshKeyType, comment: string): Promise<NewSshKey>;

  /** A host key as it stands in known_hosts, with or without the host before it, or in a .pub file; null when it is none that can be pinned. */
  readHostKey(text: string): HostKey | null;

  /**
   * Connects and asks for one key of each type; signs in nowhere. At least one key.
   * Raises url_blocked, upstream_host_unknown, upstream_unreachable, upstream_stalled, upstream_ssh_failed.
   */
  detectHostKeys(url: UpstreamUrl, signal: AbortSignal): Promise<readonly HostKey[]>;
}
