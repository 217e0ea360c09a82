import { createHash } from 'node:crypto';
import { Secret } from '../../src/domain/credentials';
import type { HostKey, SshKeyType } from '../../src/domain/mirror-ssh';
import type { NewSshKey, Ssh } from '../../src/ports/ssh';

/** Keys that are plain words: `key-1` and so on, and host keys by name. */
export class FakeSsh implements Ssh {
  #keys = 0;
  /** What the next detections find. */
  serverKeys: HostKey[] = [hostKeyNamed('server')];

  async generateKey(type: SshKeyType, comment: string): Promise<NewSshKey> {
    this.#keys += 1;
    return {
      type,
      publicKey: `ssh-${type} key-${this.#keys} ${comment}`,
      privateKey: new Secret(`private-${this.#keys}`),
    };
  }

  readHostKey(text: string): HostKey | null {
    const name = /^ssh-ed25519 (\w+)$/.exec(text)?.[1];
    return name === undefined ? null : hostKeyNamed(name);
  }

  async detectHostKeys(): Promise<readonly HostKey[]> {
    return this.serverKeys;
  }
}

export function hostKeyNamed(name: string): HostKey {
  const fingerprint = `SHA256:${createHash('sha256').update(name).digest('base64').replace(/=+$/, '')}`;
  return { type: 'ssh-ed25519', key: name, fingerprint };
}
