import type { Secret } from '../domain/credentials';
import { HeadwaterError } from '../domain/errors';
import { emptyRecord, type InstallRecord } from '../domain/install-record';
import { putBlock } from '../panel/embed/marked-block';
import type { ForgeAdmin } from '../ports/forge-admin';
import type { ForgeFolder, Reload } from '../ports/forge-folder';
import type { InstalledSetting, InstalledSettings, SettingsFile } from '../ports/settings-file';
import { isChange, redirectUris, type InstallFound, type InstallStep, type InstallWish } from './plan-install';

export interface ApplyDeps {
  readonly admin: ForgeAdmin;
  readonly settings: Pick<SettingsFile, 'write' | 'keepRecord'>;
  readonly folder: ForgeFolder | null;
  readonly newSecret: () => Secret;
  /** Told of each step when it is done. */
  readonly onDone: (step: InstallStep) => void;
}

export interface Applied {
  readonly changed: boolean;
  /** null: no templates changed. */
  readonly reload: Reload | null;
}

type FileStep = Extract<InstallStep, { kind: 'file' }>;

/**
 * Carries out a plan. What was made is recorded, and its secret kept, before the next step begins, so that a run that breaks
 * off is finished by the next one. Templates that the forge refuses are put back. Raises what the ports raise.
 */
export async function applyInstall(
  deps: ApplyDeps,
  wish: InstallWish,
  found: InstallFound,
  steps: readonly InstallStep[],
): Promise<Applied> {
  const { admin, settings, folder } = deps;
  let record = found.record ?? emptyRecord(wish.forgeUrl);
  let webhookSecret = found.settings.webhookSecret;

  const keep = async (change: Partial<InstallRecord>) => {
    record = { ...record, ...change };
    await settings.keepRecord(record);
  };
  const write = async (changes: Partial<InstalledSettings>) => {
    await settings.write(changes);
    const names = Object.keys(changes) as InstalledSetting[];
    await keep({ settings: [...new Set([...record.settings, ...names])] });
  };

  const apply = async (step: Exclude<InstallStep, { kind: 'file' | 'reload' }>): Promise<void> => {
    switch (step.kind) {
      case 'account':
        if (step.action === 'make') {
          await admin.createAccount(step.login, wish.manifest.title);
          await keep({ account: { login: step.login, made: true, raised: false } });
        } else if (record.account?.login !== step.login) {
          await keep({ account: { login: step.login, made: false, raised: false } });
        }
        return;
      case 'site_admin':
        await admin.setSiteAdmin(step.login, true);
        await keep({ account: { made: false, ...record.account, login: step.login, raised: true } });
        return;
      case 'token': {
        if (step.action === 'keep') return;
        const { secret } = await admin.createToken(wish.login, step.name, wish.manifest.account.scopes);
        await keep({ token: { name: step.name } });
        return write({ forgeToken: secret });
      }
      case 'application': {
        if (step.action === 'keep') return;
        const { title } = wish.manifest;
        const made =
          step.action === 'make'
            ? await admin.createApplication(wish.login, title, redirectUris(wish))
            : await admin.changeApplication(wish.login, step.id, title, redirectUris(wish));
        await keep({ application: { id: made.id } });
        return write({ oauthClientId: made.clientId, oauthClientSecret: made.clientSecret });
      }
      case 'webhook': {
        if (step.action === 'keep') return;
        if (webhookSecret === null) {
          webhookSecret = deps.newSecret();
          await write({ webhookSecret });
        }
        for (const id of step.remove) await admin.removeWebhook(id);
        const { id } = await admin.createWebhook(step.url, wish.manifest.webhook.events, webhookSecret);
        return keep({ webhook: { id, url: step.url } });
      }
      case 'settings':
        if (step.action === 'change') await write(step.changes);
        return;
    }
  };

  // The forge has moved: what takes Headwater out again has to find it.
  if (record.forgeUrl !== wish.forgeUrl) await keep({ forgeUrl: wish.forgeUrl });
  for (const step of steps) {
    if (step.kind === 'file' || step.kind === 'reload') continue;
    await apply(step);
    deps.onDone(step);
  }

  const files = steps.filter((step): step is FileStep => step.kind === 'file');
  const changed = files.filter(isChange);
  const recordFile = async ({ file: { path, kind }, before }: FileStep, madeFolder: string | null) => {
    if (folder === null || record.files.some((file) => file.folder === folder.path && file.path === path)) return;
    const live = folder.kind === 'live';
    const entry = { folder: folder.path, live, path, kind, madeFile: before === null, madeFolder };
    await keep({ files: [...record.files, entry] });
  };
  const reload = steps.find((step) => step.kind === 'reload') ?? null;
  let reloaded: Reload | null = null;
  if (folder !== null && (changed.length > 0 || reload !== null)) {
    reloaded = await writeFiles(folder, changed, reload !== null, recordFile);
  }
  // Those that an earlier run wrote and did not live to note down.
  for (const step of files.filter(({ action }) => action === 'keep')) {
    const ours =
      step.text === (step.file.kind === 'whole' ? step.file.text : putBlock(wish.manifest.name, '', step.file.text));
    await recordFile(ours ? { ...step, before: null } : step, null);
  }
  for (const step of files) deps.onDone(step);
  if (reload !== null && reloaded?.done === true) deps.onDone(reload);
  return { changed: steps.some(isChange), reload: reloaded };
}

/** Writes the files and has the forge read them; when it refuses them, everything is as before. */
async function writeFiles(
  folder: ForgeFolder,
  steps: readonly FileStep[],
  reload: boolean,
  written: (step: FileStep, madeFolder: string | null) => Promise<void>,
): Promise<Reload | null> {
  const done: { readonly step: FileStep; readonly madeFolder: string | null }[] = [];
  try {
    for (const step of steps) done.push({ step, madeFolder: await folder.write(step.file.path, step.text) });
    const answer = reload ? await folder.reload() : null;
    for (const { step, madeFolder } of done) await written(step, madeFolder);
    return answer;
  } catch (thrown) {
    for (const { step, madeFolder } of done.reverse()) {
      if (step.before === null) await folder.remove(step.file.path, madeFolder);
      else await folder.write(step.file.path, step.before);
    }
    // The forge still uses what it had; should it have taken something meanwhile, it takes it back.
    if (!(thrown instanceof HeadwaterError) || thrown.code !== 'templates_refused')
      await folder.reload().catch(() => undefined);
    throw thrown;
  }
}
