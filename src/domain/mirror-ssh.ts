/** ed25519 by default; RSA with 4096 bits for servers that know no better. */
export type SshKeyType = 'ed25519' | 'rsa';

/** A key pair that signs the mirror in. */
export interface MirrorKey {
  readonly type: SshKeyType;
  /** One line as for authorized_keys. */
  readonly publicKey: string;
  /** Sealed (ports/secret-box), bound to the mirror, the upstream's host and port, and the user. */
  readonly sealedPrivateKey: string;
  readonly createdAt: number;
}

/** A key by which a server proves who it is. */
export interface HostKey {
  /** As in known_hosts: ssh-ed25519, ecdsa-sha2-nistp256, ssh-rsa … */
  readonly type: string;
  /** Base64, as in known_hosts. */
  readonly key: string;
  /** "SHA256:" and base64 without padding, as ssh-keygen prints it. */
  readonly fingerprint: string;
}

/** A host key that a person vouched for. */
export interface PinnedHostKey extends HostKey {
  readonly confirmedAt: number;
  /** Account in the forge; null when it was the admin on the server. */
  readonly confirmedBy: string | null;
}

/** What a mirror with an ssh address has beyond others. */
export interface MirrorSsh {
  /** Newest first. Two while a new key waits to work for the first time; the old one goes then. */
  readonly keys: readonly MirrorKey[];
  /** Only a server that proves one of these is talked to. */
  readonly hostKeys: readonly PinnedHostKey[];
  /** What the server showed: at the last detection, and in place of a pinned key. A fingerprint of these can be confirmed. */
  readonly seenHostKeys: readonly HostKey[];
}

/** A key that worked makes those before it superfluous. */
export function withWorkingKey(ssh: MirrorSsh, publicKey: string): MirrorSsh {
  const at = ssh.keys.findIndex((key) => key.publicKey === publicKey);
  return at < 0 ? ssh : { ...ssh, keys: ssh.keys.slice(0, at + 1) };
}

/** A new key goes in front of the one that is known to work; an earlier new one that never worked is dropped. */
export function withNewKey(ssh: MirrorSsh, key: MirrorKey): MirrorSsh {
  return { ...ssh, keys: [key, ...ssh.keys.slice(-1)] };
}

export function withSeenHostKeys(ssh: MirrorSsh, seen: readonly HostKey[]): MirrorSsh {
  const others = ssh.seenHostKeys.filter((old) => !seen.some((key) => key.key === old.key));
  return { ...ssh, seenHostKeys: [...seen, ...others].slice(0, 16) };
}
