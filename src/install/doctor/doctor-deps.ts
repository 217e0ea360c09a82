import type { Secret } from '../../domain/credentials';
import type { PluginManifest } from '../../domain/plugin-manifest';
import type { ForgeAdmin, ForgeProbe } from '../../ports/forge-admin';
import type { Machine } from '../../ports/machine';

/** The configuration, as far as the doctor needs it. */
export interface DoctorSettings {
  readonly forgeUrl: string;
  readonly forgePublicUrl: string | null;
  readonly publicUrl: string | null;
  readonly forgeToken: Secret;
  readonly oauthClientId: string | null;
  readonly oauthClientSecret: Secret | null;
  readonly webhookSecrets: readonly Secret[] | null;
}

export interface DoctorDeps {
  readonly manifest: PluginManifest;
  /** The script of the settings page. */
  readonly script: string;
  readonly settings: DoctorSettings;
  readonly probe: ForgeProbe;
  /** null: no admin token was given. */
  readonly admin: ForgeAdmin | null;
  readonly machine: Machine;
  /**
   * Mirrored projects that the account may not push to, and those where it may but cannot tell whether whoever answers for the
   * mirror is still an admin, by full name; null: they cannot be asked for.
   */
  readonly projectsWithoutPush: () => Promise<{
    readonly asked: number;
    readonly denied: readonly string[];
    readonly unwatched: readonly string[];
  } | null>;
  /**
   * How many keys there are, how many stored secrets need each, by its place in the setting, and the projects whose secrets
   * no key opens; null: they cannot be looked at.
   */
  readonly storedSecrets: () => Promise<{
    readonly keys: number;
    readonly byKey: readonly number[];
    readonly unreadable: readonly string[];
  } | null>;
  /** 32 hexadecimal digits. */
  readonly newNonce: () => string;
}

export const needsAdminToken = 'Give a site admin’s token with --admin-token-file to have this checked.';

/** Without the setting, Headwater calls itself by its listening address, which nobody else can be expected to reach. */
export const needsPublicUrl =
  'Set HEADWATER_PUBLIC_URL to the address under which browsers and the forge reach Headwater.';

/** The forge as browsers see it. */
export function forgeAddress({ forgePublicUrl, forgeUrl }: DoctorSettings): string {
  return forgePublicUrl ?? forgeUrl;
}
