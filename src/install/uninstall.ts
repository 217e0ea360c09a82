import { HeadwaterError } from '../domain/errors';
import type { InstallRecord, RecordedFile } from '../domain/install-record';
import { hasBlock, removeBlock } from '../panel/embed/marked-block';
import type { ForgeAdmin } from '../ports/forge-admin';
import type { ForgeFolder, Reload } from '../ports/forge-folder';
import type { InstalledSetting, SettingsFile } from '../ports/settings-file';

export interface UninstallDeps {
  /** Prefix of what the manifest's owner makes. */
  readonly name: string;
  readonly admin: ForgeAdmin;
  readonly settings: Pick<SettingsFile, 'path' | 'record' | 'keepRecord' | 'remove'>;
  /** The folder that a file was written to. */
  readonly folderOf: (path: string) => ForgeFolder;
  readonly onDone: (step: UninstallStep) => void;
}

export type UninstallStep =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'reload'; readonly path: string }
  | { readonly kind: 'webhook'; readonly url: string }
  | { readonly kind: 'application' }
  | { readonly kind: 'token'; readonly name: string }
  | { readonly kind: 'site_admin'; readonly login: string }
  | { readonly kind: 'account'; readonly login: string }
  | { readonly kind: 'settings'; readonly names: readonly string[] };

export interface Uninstalled {
  readonly steps: readonly UninstallStep[];
  readonly reloads: readonly Reload[];
  /** Made by the installer and left, since nobody asked for its removal. */
  readonly accountLeft: string | null;
}

export interface UninstallRequest {
  readonly removeAccount: boolean;
  readonly dryRun: boolean;
}

/** What an uninstall takes away, in order: what people see first, the account last. Pure. */
function planUninstall(record: InstallRecord, { removeAccount }: UninstallRequest): UninstallStep[] {
  const { account, token, application, webhook, files, settings } = record;
  const templates = files.filter(({ kind, live }) => kind === 'block' && live).map(({ folder }) => folder);
  return [
    ...[...files].reverse().map((file) => ({ kind: 'file', path: fullPath(file) }) as const),
    ...[...new Set(templates)].map((path) => ({ kind: 'reload', path }) as const),
    ...(webhook === null ? [] : [{ kind: 'webhook', url: webhook.url } as const]),
    ...(application === null ? [] : [{ kind: 'application' } as const]),
    ...(token === null ? [] : [{ kind: 'token', name: token.name } as const]),
    ...(account?.raised === true ? [{ kind: 'site_admin', login: account.login } as const] : []),
    ...(account?.made === true && removeAccount ? [{ kind: 'account', login: account.login } as const] : []),
    ...(settings.length === 0 ? [] : [{ kind: 'settings', names: settings } as const]),
  ];
}

/**
 * Takes away what the record says was made, and nothing else; what is gone already is no fault. The record shrinks with
 * every step. Raises install_not_recorded, account_owns_projects, account_unusable, install_files_denied.
 */
export async function uninstall(deps: UninstallDeps, request: UninstallRequest): Promise<Uninstalled> {
  const { admin, settings } = deps;
  let record = await settings.record();
  if (record === null) throw new HeadwaterError('install_not_recorded', { file: settings.path });
  const steps = planUninstall(record, request);
  const { account } = record;
  const accountLeft = account?.made === true && !request.removeAccount ? account.login : null;
  if (request.dryRun) return { steps, reloads: [], accountLeft };
  await admin.admin();

  const reloads: Reload[] = [];
  const login = account?.login ?? '';
  const forget = async (change: Partial<InstallRecord>) => {
    record = { ...(record as InstallRecord), ...change };
    await settings.keepRecord(record);
  };
  for (const step of steps) {
    switch (step.kind) {
      case 'file': {
        const file = record.files.find((each) => fullPath(each) === step.path);
        if (file !== undefined) await takeOut(deps, file);
        await forget({ files: record.files.filter((each) => each !== file) });
        break;
      }
      case 'reload': {
        const reload = await deps.folderOf(step.path).reload();
        reloads.push(reload);
        // Left to a person: nothing to report as done.
        if (!reload.done) continue;
        break;
      }
      case 'webhook':
        if (record.webhook !== null) await admin.removeWebhook(record.webhook.id);
        await forget({ webhook: null });
        break;
      case 'application':
        if (record.application !== null && (await admin.account(login)) !== null)
          await admin.removeApplication(login, record.application.id);
        await forget({ application: null });
        break;
      case 'token':
        if ((await admin.account(login)) !== null) await admin.removeToken(login, step.name);
        await forget({ token: null });
        break;
      case 'site_admin':
        if ((await admin.account(login)) !== null) await admin.setSiteAdmin(login, false);
        await forget({ account: account === null ? null : { ...account, raised: false } });
        break;
      case 'account':
        await admin.removeAccount(login);
        await forget({ account: null });
        break;
      case 'settings':
        await settings.remove(record.settings as readonly InstalledSetting[]);
        await forget({ settings: [] });
        break;
    }
    deps.onDone(step);
  }
  // An account that stays is remembered as ours, for another time.
  if (accountLeft === null) await settings.keepRecord(null);
  return { steps, reloads, accountLeft };
}

/** A file of ours goes; of a template only our block, and the file with it if we made it and nobody else wrote in it. */
async function takeOut({ name, folderOf }: UninstallDeps, file: RecordedFile): Promise<void> {
  const folder = folderOf(file.folder);
  const text = await folder.read(file.path);
  if (text === null) return;
  if (file.kind === 'whole') return folder.remove(file.path, file.madeFolder);
  if (!hasBlock(name, text)) return;
  const rest = removeBlock(name, text);
  if (rest === '' && file.madeFile) return folder.remove(file.path, file.madeFolder);
  await folder.write(file.path, rest);
}

function fullPath({ folder, path }: RecordedFile): string {
  return `${folder}/${path}`;
}
