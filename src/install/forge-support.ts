import { coerce, satisfies } from 'semver';
import { HeadwaterError } from '../domain/errors';
import type { PluginManifest } from '../domain/plugin-manifest';
import type { ForgeAbout } from '../ports/forge-admin';

/** May Headwater be installed into this forge, by kind and version? Development versions count as what they lead to. */
export function isSupported(
  manifest: PluginManifest,
  { kind, version }: Pick<ForgeAbout, 'kind' | 'version'>,
): boolean {
  const range = manifest.forges.find((forge) => forge.kind === kind)?.versions;
  const found = coerce(version);
  return range !== undefined && found !== null && satisfies(found, range);
}

export function supportedForges(manifest: PluginManifest): string {
  return manifest.forges.map(({ kind, versions }) => `${kindName(kind)} ${versions}`).join(', ');
}

export function forgeName({ kind, version }: Pick<ForgeAbout, 'kind' | 'version'>): string {
  return `${kindName(kind)} ${version}`;
}

/** Raises forge_unsupported and forge_lacks. */
export function checkForge(manifest: PluginManifest, about: ForgeAbout): void {
  if (!isSupported(manifest, about))
    throw new HeadwaterError('forge_unsupported', { found: forgeName(about), supported: supportedForges(manifest) });
  if (!about.httpGit)
    throw new HeadwaterError('forge_lacks', { what: 'git over HTTP', cure: '[repository] DISABLE_HTTP_GIT = false' });
  if (about.publicUrl === null)
    throw new HeadwaterError('forge_lacks', { what: 'signing in with it (OAuth2)', cure: '[oauth2] ENABLED = true' });
}

function kindName(kind: string): string {
  return kind === 'forgejo' ? 'Forgejo' : 'Gitea';
}
