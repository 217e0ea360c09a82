import type { Secret } from '../domain/credentials';
import { presenceOf } from '../panel/embed/forge-files';
import type { ForgeAdmin, ForgeProbe } from '../ports/forge-admin';
import type { ForgeFolder } from '../ports/forge-folder';
import type { Machine } from '../ports/machine';
import type { SettingsFile } from '../ports/settings-file';
import { redirectUris, type InstallFound, type InstallWish } from './plan-install';

export interface FindDeps {
  readonly admin: ForgeAdmin;
  readonly probe: ForgeProbe;
  readonly settings: Pick<SettingsFile, 'read' | 'record'>;
  /** null: none was named. */
  readonly folder: Pick<ForgeFolder, 'kind' | 'read'> | null;
  readonly page: Machine['page'];
}

/** Reads everything that the plan depends on, and changes nothing. */
export async function findInstalled(deps: FindDeps, wish: InstallWish): Promise<InstallFound> {
  const { admin, probe, folder } = deps;
  const settings = deps.settings.read();
  const account = await admin.account(wish.login);
  const { oauthClientId, oauthClientSecret } = settings;
  const files = new Map<string, string | null>();
  if (folder !== null) for (const { path } of wish.files) files.set(path, await folder.read(path));
  return {
    account,
    settings,
    tokenFault: await tokenFault(deps, wish, settings.forgeToken),
    applications: account === null ? [] : await admin.applications(account.login),
    client:
      oauthClientId === null || oauthClientSecret === null
        ? null
        : await probe.clientVerdict(oauthClientId, oauthClientSecret, redirectUris(wish)[0] ?? ''),
    webhooks: await admin.webhooks(),
    files: folder === null ? null : files,
    shown: folder?.kind === 'live' ? await isShown(deps, wish) : null,
    record: await deps.settings.record(),
  };
}

/** Do the forge's pages have these templates? The page for signing in is for everybody. null: no page was to be had. */
export async function isShown(
  { page }: Pick<FindDeps, 'page'>,
  { forgeUrl, files }: InstallWish,
): Promise<boolean | null> {
  const found = await page(`${forgeUrl}/user/login`);
  return found?.status === 200 ? found.text.includes(presenceOf(files)) : null;
}

/** Why a stored token cannot stay. Where the forge does not tell its scopes, they are taken to be right. */
async function tokenFault({ probe }: FindDeps, wish: InstallWish, token: Secret | null): Promise<string | null> {
  if (token === null) return 'none is stored';
  const owner = await probe.tokenOwner(token);
  if (owner === null) return 'the stored one is refused';
  if (owner.login.toLowerCase() !== wish.login.toLowerCase()) return `the stored one is that of ${owner.login}`;
  const scopes = await probe.tokenScopes(token, owner.login);
  const lacking = scopes === null ? [] : missingScopes(scopes, wish.manifest.account.scopes);
  return lacking.length === 0 ? null : `the stored one lacks ${lacking.join(' and ')}`;
}

/** Those of `wanted` that `scopes` do not imply: write implies read, and "all" everything. */
export function missingScopes(scopes: readonly string[], wanted: readonly string[]): string[] {
  if (scopes.includes('all')) return [];
  return wanted.filter((scope) => !scopes.includes(scope) && !scopes.includes(scope.replace(/^read:/, 'write:')));
}
