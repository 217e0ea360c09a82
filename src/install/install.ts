import type { Secret } from '../domain/credentials';
import { HeadwaterError } from '../domain/errors';
import type { PluginManifest } from '../domain/plugin-manifest';
import { forgeFiles, type ForgeFile } from '../panel/embed/forge-files';
import type { ForgeAbout, ForgeAdmin, ForgeProbe } from '../ports/forge-admin';
import type { ForgeFolder, Reload } from '../ports/forge-folder';
import type { Machine } from '../ports/machine';
import type { SettingsFile } from '../ports/settings-file';
import { applyInstall } from './apply-install';
import { findInstalled, isShown } from './find-installed';
import { checkForge } from './forge-support';
import { isChange, planInstall, type InstallStep, type InstallWish } from './plan-install';

export interface InstallDeps {
  readonly manifest: PluginManifest;
  /** The script of the settings page. */
  readonly script: string;
  readonly admin: ForgeAdmin;
  readonly probe: ForgeProbe;
  readonly adminToken: Secret;
  readonly settings: SettingsFile | null;
  readonly folder: ForgeFolder | null;
  readonly page: Machine['page'];
  readonly newSecret: () => Secret;
  readonly onDone: (step: InstallStep) => void;
}

export interface InstallRequest {
  readonly forgeUrl: string;
  /** null: as the forge calls itself. */
  readonly forgePublicUrl: string | null;
  /** null: the one of the configuration. */
  readonly publicUrl: string | null;
  /** null: the manifest's. */
  readonly login: string | null;
  readonly siteAdmin: boolean;
  readonly dryRun: boolean;
}

export interface Installed {
  readonly about: ForgeAbout;
  readonly steps: readonly InstallStep[];
  readonly changed: boolean;
  readonly reload: Reload | null;
  /** Whether the forge's pages have the templates now; null: none were reloaded, or no page was to be had. */
  readonly shown: boolean | null;
  /** Files that somebody has to put into the forge's folder. */
  readonly byHand: readonly ForgeFile[];
}

const nothingStored = {
  forgeUrl: null,
  forgePublicUrl: null,
  publicUrl: null,
  forgeToken: null,
  oauthClientId: null,
  oauthClientSecret: null,
  webhookSecret: null,
} as const;

/**
 * Installs Headwater into a forge, or shows what that would change. Everything follows from the manifest. A second run
 * changes nothing. Raises forge_unsupported, forge_lacks, admin_token_refused, account_unusable, install_needs_public_url,
 * install_needs_config, install_folder_missing, install_files_denied, templates_refused.
 */
export async function install(deps: InstallDeps, request: InstallRequest): Promise<Installed> {
  const { manifest, admin, probe, settings } = deps;
  const stored = settings?.read() ?? nothingStored;
  const publicUrl = request.publicUrl ?? stored.publicUrl;
  if (publicUrl === null) throw new HeadwaterError('install_needs_public_url');
  if (settings === null && !request.dryRun) throw new HeadwaterError('install_needs_config');
  await admin.admin();
  const about = await probe.about(deps.adminToken);
  checkForge(manifest, about);

  const wish: InstallWish = {
    manifest,
    forgeUrl: request.forgeUrl,
    forgePublicUrl: request.forgePublicUrl ?? about.publicUrl,
    publicUrl,
    login: request.login ?? manifest.account.login,
    siteAdmin: request.siteAdmin,
    files: forgeFiles(manifest, { publicUrl, script: deps.script }),
  };
  const empty = { read: () => nothingStored, record: async () => null };
  const found = await findInstalled({ ...deps, settings: settings ?? empty }, wish);
  const steps = planInstall(wish, found);
  const byHand = steps.flatMap((step) => (step.kind === 'file' && step.action === 'by_hand' ? [step.file] : []));
  if (request.dryRun || settings === null)
    return { about, steps, changed: steps.some(isChange), reload: null, shown: null, byHand };
  const applied = await applyInstall({ ...deps, settings }, wish, found, steps);
  // A folder of a wrong name takes every file, and the forge reloads what it has in the right one without a word.
  const shown = applied.reload?.done === true ? await isShown(deps, wish) : null;
  return { about, steps, byHand, shown, ...applied };
}
