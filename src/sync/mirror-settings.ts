import type { Secret } from '../domain/credentials';
import { holdsFirstRun } from '../domain/held-plan';
import type { Mirror } from '../domain/mirror';
import { sameOptions, type OptionsChange } from '../domain/mirror-options';
import type { UpstreamUrl } from '../domain/upstream-url';
import type { ProjectName } from '../ports/forge';
import type { SecretBox } from '../ports/secret-box';
import type { NewSshKey, Ssh } from '../ports/ssh';
import type { SetUpBy } from './hold-to-policy';
import type { NotifyChange } from './notices/notify-settings';
import { applyOptions, type OptionDeps } from './option-settings';
import { secretContext } from './secret-context';
import { applySsh, refuseHttpCredentials, sshDiffers, type SshSettings } from './ssh-settings';

/** What a maintainer may say; a field that is left out stays as it is. */
export interface MirrorSettings extends SshSettings {
  readonly url?: string | undefined;
  readonly authUser?: string | null | undefined;
  /** null or '' removes the stored one. */
  readonly authPassword?: Secret | null | undefined;
  /** When the password or token ends, epoch ms; null: not known. The upstream's own word counts more. */
  readonly tokenExpiresAt?: number | null | undefined;
  readonly enabled?: boolean | undefined;
  readonly options?: OptionsChange | undefined;
  readonly notify?: NotifyChange | undefined;
  /** Who says it; unknown, if left out. */
  readonly by?: SetUpBy | null | undefined;
}

export interface SettingsDeps extends OptionDeps {
  readonly secrets: SecretBox;
  readonly ssh: Pick<Ssh, 'generateKey' | 'readHostKey'>;
  /** Refuses addresses that may not be connected to, as far as it can be told without asking DNS. Raises url_blocked. */
  readonly checkUpstream: (url: UpstreamUrl) => void;
}

/** The mirror after a change of its settings. Pure but for the sealing of the password. Raises what enrolMirror raises for them. */
export function applySettings(
  deps: SettingsDeps,
  before: Mirror,
  project: ProjectName,
  settings: MirrorSettings,
  href: string | undefined,
  prepared: { readonly key: NewSshKey | null; readonly at: number },
): Mirror {
  const url = href ?? before.url;
  const authUser =
    settings.authUser === undefined ? before.authUser : settings.authUser === '' ? null : settings.authUser;
  const mirror = {
    ...before,
    url,
    authUser,
    enabled: settings.enabled ?? before.enabled,
    activity: url === before.url ? before.activity : null,
    options: applyOptions(deps, before.options, settings.options),
    fullName: `${project.owner}/${project.name}`,
  };

  let sealedPassword = secretContext(mirror) === secretContext(before) ? before.sealedPassword : null;
  if (settings.authPassword !== undefined) {
    const secret = settings.authPassword;
    sealedPassword =
      secret === null || secret.reveal() === '' ? null : deps.secrets.seal(secret, secretContext(mirror));
  }
  const tokenExpiresAt = expiryOf(before, settings, sealedPassword);
  const changed = settleAccess(deps, before, { ...mirror, sealedPassword, tokenExpiresAt }, settings, prepared);
  // Another password for the same user brings nothing else to be mirrored, so all that is known stays.
  if (!changesFetch(before, { ...changed, sealedPassword: before.sealedPassword })) return changed;
  // What the project had before the mirror is still not ours to overwrite; that the plan was accepted is forgotten.
  const held = before.held !== null && holdsFirstRun(before.held) ? { ...before.held, accepted: false } : null;
  return { ...changed, revision: before.revision + 1, deliveredDigest: null, held };
}

/** What was known of the old password says nothing of a new one. */
function expiryOf(before: Mirror, settings: MirrorSettings, sealedPassword: string | null): number | null {
  if (sealedPassword === null) return null;
  if (settings.tokenExpiresAt !== undefined) return settings.tokenExpiresAt;
  return sealedPassword === before.sealedPassword ? before.tokenExpiresAt : null;
}

/** Passwords are for http, keys for ssh: a mirror keeps only what its address has a use for. */
function settleAccess(
  deps: Pick<SettingsDeps, 'secrets' | 'ssh'>,
  before: Mirror,
  after: Mirror,
  settings: MirrorSettings,
  prepared: { readonly key: NewSshKey | null; readonly at: number },
): Mirror {
  const ssh = applySsh(deps, before, after, settings, prepared);
  if (ssh === null) return { ...after, ssh };
  refuseHttpCredentials({
    user: (settings.authUser ?? '') !== '',
    password: (settings.authPassword?.reveal() ?? '') !== '',
  });
  return { ...after, ssh, authUser: null, sealedPassword: null, tokenExpiresAt: null };
}

/** Does it change where from, as whom or what is fetched? */
export function changesFetch(before: Mirror, after: Mirror): boolean {
  return (
    before.url !== after.url ||
    before.authUser !== after.authUser ||
    before.sealedPassword !== after.sealedPassword ||
    sshDiffers(before.ssh, after.ssh) ||
    !sameOptions(before.options, after.options) ||
    before.enabled !== after.enabled
  );
}
