import { HeadwaterError } from '../domain/errors';
import type { Mirror } from '../domain/mirror';
import { withNewKey, type SshKeyType } from '../domain/mirror-ssh';
import type { SecretBox } from '../ports/secret-box';
import type { Ssh } from '../ports/ssh';
import type { Store } from '../ports/store';
import { sealKey } from './ssh-settings';

export interface RotateDeps {
  readonly store: Pick<Store, 'transaction'>;
  readonly ssh: Pick<Ssh, 'generateKey'>;
  readonly secrets: Pick<SecretBox, 'seal'>;
}

/**
 * Makes a new key beside the old one. Both are tried, the new one first, until the new one has worked.
 * Raises mirror_not_ssh, mirror_not_found.
 */
export async function rotateSshKey(deps: RotateDeps, mirror: Mirror, type?: SshKeyType): Promise<Mirror> {
  if (mirror.ssh === null) throw new HeadwaterError('mirror_not_ssh');
  const made = await deps.ssh.generateKey(
    type ?? mirror.ssh.keys[0]?.type ?? 'ed25519',
    `headwater ${mirror.fullName}`,
  );
  return deps.store.transaction(async (tx) => {
    const current = await tx.lockMirror(mirror.id);
    if (current === null) throw new HeadwaterError('mirror_not_found');
    if (current.ssh === null) throw new HeadwaterError('mirror_not_ssh');
    // A run under way goes on with the key that it has, and forgets no key but those older than that.
    const rotated = { ...current, ssh: withNewKey(current.ssh, sealKey(deps, current, made, await tx.now())) };
    await tx.saveMirror(rotated);
    return rotated;
  });
}
