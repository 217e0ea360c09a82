import { HeadwaterError, type FieldFault } from '../domain/errors';
import type { Mirror } from '../domain/mirror';
import {
  withNewKey,
  type HostKey,
  type MirrorKey,
  type MirrorSsh,
  type PinnedHostKey,
  type SshKeyType,
} from '../domain/mirror-ssh';
import { parseUpstreamUrl, type UpstreamUrl } from '../domain/upstream-url';
import type { SecretBox } from '../ports/secret-box';
import type { NewSshKey, Ssh } from '../ports/ssh';
import { sshKeyContext } from './secret-context';

/** What a maintainer may say about SSH; a field that is left out stays as it is. */
export interface SshSettings {
  /** Of the key to make; another type than that of the present key makes a new one beside it. */
  readonly sshKeyType?: SshKeyType | undefined;
  /** All host keys to trust: whole keys, or SHA-256 fingerprints of keys that were detected. */
  readonly sshHostKeys?: readonly string[] | undefined;
  /** Account of who says so; null for the admin on the server. */
  readonly confirmedBy?: string | null | undefined;
}

export interface SshSettingsDeps {
  readonly ssh: Pick<Ssh, 'generateKey' | 'readHostKey'>;
  readonly secrets: Pick<SecretBox, 'seal'>;
}

const maxHostKeys = 16;

/** A key in store for `applySsh`, which runs inside a transaction and must not wait: RSA takes a second. */
export async function prepareSshKey(
  deps: Pick<SshSettingsDeps, 'ssh'>,
  project: { readonly owner: string; readonly name: string },
  settings: SshSettings,
  url: UpstreamUrl | null,
): Promise<NewSshKey | null> {
  if (url === null ? settings.sshKeyType === undefined : url.ssh === null) return null;
  return deps.ssh.generateKey(settings.sshKeyType ?? 'ed25519', `headwater ${project.owner}/${project.name}`);
}

/**
 * The SSH side of a mirror after a change of its settings; `after` has its new address. Another host, port or user gets a
 * new key (SEC-06), another host or port also forgets the host keys (SEC-07). Raises mirror_not_ssh, input_invalid.
 */
export function applySsh(
  deps: SshSettingsDeps,
  before: Mirror,
  after: Mirror,
  settings: SshSettings,
  prepared: { readonly key: NewSshKey | null; readonly at: number },
): MirrorSsh | null {
  const { url } = parseUpstreamUrl(after.url);
  if (url.ssh === null) {
    if (settings.sshKeyType !== undefined || settings.sshHostKeys !== undefined)
      throw new HeadwaterError('mirror_not_ssh');
    return null;
  }
  const sameServer = parseUpstreamUrl(before.url).url.origin === url.origin;
  const kept = before.ssh !== null && sshKeyContext(before) === sshKeyContext(after) ? before.ssh.keys : [];
  let ssh: MirrorSsh = {
    keys: kept,
    hostKeys: sameServer ? (before.ssh?.hostKeys ?? []) : [],
    seenHostKeys: sameServer ? (before.ssh?.seenHostKeys ?? []) : [],
  };
  const [newest] = kept;
  if (newest === undefined || (settings.sshKeyType !== undefined && settings.sshKeyType !== newest.type)) {
    if (prepared.key === null) throw new HeadwaterError('internal');
    ssh = withNewKey(ssh, sealKey(deps, after, prepared.key, prepared.at));
  }
  if (settings.sshHostKeys === undefined) return ssh;
  return { ...ssh, hostKeys: pin(deps, ssh, settings.sshHostKeys, settings.confirmedBy ?? null, prepared.at) };
}

export function sealKey(
  deps: Pick<SshSettingsDeps, 'secrets'>,
  mirror: Pick<Mirror, 'id' | 'url'>,
  key: NewSshKey,
  at: number,
): MirrorKey {
  const sealedPrivateKey = deps.secrets.seal(key.privateKey, sshKeyContext(mirror));
  return { type: key.type, publicKey: key.publicKey, sealedPrivateKey, createdAt: at };
}

/** Says whether two states would connect in another way. */
export function sshDiffers(a: MirrorSsh | null, b: MirrorSsh | null): boolean {
  const facts = (ssh: MirrorSsh | null) =>
    ssh === null ? '' : [...ssh.keys.map((key) => key.publicKey), '', ...ssh.hostKeys.map((key) => key.key)].join('\n');
  return facts(a) !== facts(b);
}

/** SSH takes keys, and the user stands in its address. */
export function refuseHttpCredentials(given: { readonly user: boolean; readonly password: boolean }): void {
  const faults: FieldFault[] = [];
  if (given.user)
    faults.push({ field: 'auth_user', message: 'belongs into an ssh address itself: ssh://user@host/path' });
  if (given.password)
    faults.push({
      field: 'auth_password',
      message: "is of no use with an ssh address: install the mirror's public key",
    });
  if (faults.length > 0) throw inputInvalid(faults);
}

function pin(
  deps: Pick<SshSettingsDeps, 'ssh'>,
  ssh: MirrorSsh,
  given: readonly string[],
  confirmedBy: string | null,
  confirmedAt: number,
): PinnedHostKey[] {
  const field = 'ssh_host_keys';
  if (given.length > maxHostKeys) throw inputInvalid([{ field, message: `must not be more than ${maxHostKeys}` }]);
  const pinned = new Map<string, PinnedHostKey>();
  given.forEach((text, at) => {
    const key = findHostKey(deps, ssh, text);
    if (key === null) {
      const message = 'is neither a public host key nor the SHA-256 fingerprint of one that was detected';
      throw inputInvalid([{ field: `${field}.${at}`, message }]);
    }
    const known = ssh.hostKeys.find((old) => old.key === key.key);
    pinned.set(key.key, known ?? { ...key, confirmedAt, confirmedBy });
  });
  return [...pinned.values()];
}

function findHostKey(deps: Pick<SshSettingsDeps, 'ssh'>, ssh: MirrorSsh, text: string): HostKey | null {
  const typed = text.trim();
  if (!typed.startsWith('SHA256:')) return deps.ssh.readHostKey(typed);
  const fingerprint = typed.replace(/=+$/, '');
  return [...ssh.seenHostKeys, ...ssh.hostKeys].find((key) => key.fingerprint === fingerprint) ?? null;
}

function inputInvalid(fieldFaults: readonly FieldFault[]): HeadwaterError {
  return new HeadwaterError(
    'input_invalid',
    { fields: fieldFaults.map(({ field }) => field).join(', ') },
    { fieldFaults },
  );
}
