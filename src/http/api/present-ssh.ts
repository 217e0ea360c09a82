import type { HostKey, MirrorSsh } from '../../domain/mirror-ssh';
import type { HostKeyAnswer, SshAnswer } from './answers/mirror-ssh';
import { timeText } from './present-values';

/** The SSH side of a mirror: everything but the private keys. All null or empty for an http address. */
export function presentSsh(ssh: MirrorSsh | null): SshAnswer {
  const [newest, previous] = ssh?.keys ?? [];
  return {
    ssh_public_key: newest?.publicKey ?? null,
    ssh_key_type: newest?.type ?? null,
    ssh_previous_public_key: previous?.publicKey ?? null,
    ssh_host_keys: (ssh?.hostKeys ?? []).map((key) => ({
      ...presentHostKey(key),
      confirmed_at: timeText(key.confirmedAt),
      confirmed_by: key.confirmedBy,
    })),
    ssh_seen_host_keys: (ssh?.seenHostKeys ?? [])
      .filter((seen) => ssh?.hostKeys.every((pinned) => pinned.key !== seen.key))
      .map(presentHostKey),
  };
}

export function presentHostKey(key: HostKey): HostKeyAnswer {
  return { type: key.type, fingerprint_sha256: key.fingerprint, key: key.key };
}
