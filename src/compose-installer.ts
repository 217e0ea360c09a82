import { randomBytes } from 'node:crypto';
import { createCopyFolder } from './adapters/forge-files/copy-folder';
import { createForgeFolder } from './adapters/forge-files/forge-folder';
import { reloadTemplates } from './adapters/forge-files/reload-templates';
import { createForgeAdmin } from './adapters/forge/admin/create-forge-admin';
import { createForgeProbe } from './adapters/forge/forge-probe';
import { fetchPage } from './adapters/machine/fetch-page';
import { loadEmbedScript } from './adapters/manifest/embed-script';
import { loadManifest } from './adapters/manifest/load-manifest';
import { createSettingsFile } from './adapters/settings-file/settings-file';
import type { InstallerDeps } from './cli/cli-deps';
import { openDoctor } from './compose/open-doctor';
import { adminTokenOfEnvironment, loadConfig, loadSome } from './config';
import { settings } from './config/settings';
import { Secret } from './domain/credentials';
import type { SettingsFile } from './ports/settings-file';

const keys = ['forgeUrl', 'forgePublicUrl', 'publicUrl', 'forgeToken', 'oauthClientId', 'oauthClientSecret'] as const;

/** What the commands that administer a forge work with. */
export function composeInstaller(): InstallerDeps {
  return {
    manifest: loadManifest,
    script: loadEmbedScript,
    adminToken: adminTokenOfEnvironment,
    openForge: (url, token) => ({
      admin: createForgeAdmin({ url, token, scopes: loadManifest().installer.scopes }),
      probe: createForgeProbe({ url }),
    }),
    settingsFile,
    liveFolder: (path, { binary = null, config = null, command }) =>
      createForgeFolder({
        path,
        kind: 'live',
        reload: () => reloadTemplates({ customPath: path, binary, config, command }),
      }),
    copyFolder: createCopyFolder,
    openDoctor(file, adminToken) {
      const config = loadConfig({ file });
      const manifest = loadManifest();
      const admin =
        adminToken === null
          ? null
          : createForgeAdmin({ url: config.forgeUrl, token: adminToken, scopes: manifest.installer.scopes });
      return openDoctor(config, { manifest, script: loadEmbedScript(), admin });
    },
    page: fetchPage,
    newSecret: () => new Secret(randomBytes(32).toString('base64url')),
  };
}

function settingsFile(path: string): SettingsFile {
  const names = Object.fromEntries(keys.map((key) => [key, settings[key].name])) as Record<
    (typeof keys)[number],
    string
  >;
  return createSettingsFile({
    path,
    names: { ...names, webhookSecret: settings.webhookSecrets.name },
    read() {
      const { webhookSecrets, ...found } = loadSome([...keys, 'webhookSecrets'], { file: path });
      return { ...found, webhookSecret: webhookSecrets?.[0] ?? null };
    },
  });
}
