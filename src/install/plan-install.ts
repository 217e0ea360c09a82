import type { ForgeFile } from '../panel/embed/forge-files';
import { putBlock } from '../panel/embed/marked-block';
import type { PluginManifest } from '../domain/plugin-manifest';
import type { InstallRecord } from '../domain/install-record';
import type { ClientVerdict, ForgeAccount, OauthApplication, SystemWebhook } from '../ports/forge-admin';
import type { InstalledSettings } from '../ports/settings-file';

/** What the admin wants, completed from the manifest. */
export interface InstallWish {
  readonly manifest: PluginManifest;
  readonly forgeUrl: string;
  /** The forge as browsers see it; null: as in forgeUrl. */
  readonly forgePublicUrl: string | null;
  /** Headwater as browsers and the forge see it. */
  readonly publicUrl: string;
  readonly login: string;
  readonly siteAdmin: boolean;
  readonly files: readonly ForgeFile[];
}

/** What was found in the forge, in its folder, and in the configuration. */
export interface InstallFound {
  readonly account: ForgeAccount | null;
  /** Why the stored token cannot stay; null: it can. */
  readonly tokenFault: string | null;
  readonly applications: readonly OauthApplication[];
  /** Of the stored client id and secret; null: none are stored. */
  readonly client: ClientVerdict | null;
  readonly webhooks: readonly SystemWebhook[];
  /** Contents by path; null where no folder was named. */
  readonly files: ReadonlyMap<string, string | null> | null;
  /** Whether the forge's pages have just these templates; null: nobody can tell, or somebody has to copy them first. */
  readonly shown: boolean | null;
  readonly settings: InstalledSettings;
  readonly record: InstallRecord | null;
}

export type InstallStep =
  | { readonly kind: 'account'; readonly action: 'keep' | 'make'; readonly login: string }
  | { readonly kind: 'site_admin'; readonly action: 'change'; readonly login: string }
  | { readonly kind: 'token'; readonly action: 'keep' | 'make'; readonly name: string; readonly why: string }
  | {
      readonly kind: 'application';
      readonly action: 'keep' | 'make' | 'change';
      readonly id: number;
      readonly why: string;
    }
  | {
      readonly kind: 'webhook';
      readonly action: 'keep' | 'make' | 'replace';
      readonly id: number;
      readonly url: string;
      /** Those that go. */
      readonly remove: readonly number[];
      readonly why: string;
    }
  | { readonly kind: 'settings'; readonly action: 'keep' | 'change'; readonly changes: Partial<InstalledSettings> }
  | {
      readonly kind: 'file';
      readonly action: 'keep' | 'make' | 'change' | 'by_hand';
      readonly file: ForgeFile;
      /** The whole file as it will be. */
      readonly text: string;
      readonly before: string | null;
    }
  | { readonly kind: 'reload'; readonly action: 'change' };

export function redirectUris({ manifest, publicUrl }: Pick<InstallWish, 'manifest' | 'publicUrl'>): string[] {
  return manifest.oauth.redirectPaths.map((path) => publicUrl + path);
}

export function webhookUrl({ manifest, publicUrl }: Pick<InstallWish, 'manifest' | 'publicUrl'>): string {
  return publicUrl + manifest.webhook.path;
}

/** What is to be done, in order. Pure: everything it needs to know was read before. */
export function planInstall(wish: InstallWish, found: InstallFound): InstallStep[] {
  const files = planFiles(wish, found);
  const blocks = files.filter(({ file }) => file.kind === 'block');
  // Also where an earlier run put them in place, and the forge was not made to read them.
  const templates =
    blocks.some(({ action }) => action === 'make' || action === 'change') ||
    (found.shown === false && blocks.every(({ action }) => action === 'keep'));
  return [
    ...planAccount(wish, found),
    planToken(wish, found),
    planApplication(wish, found),
    planWebhook(wish, found),
    planSettings(wish, found),
    ...files,
    ...(templates ? [{ kind: 'reload', action: 'change' } as const] : []),
  ];
}

export function isChange(step: InstallStep): boolean {
  return step.action !== 'keep' && step.action !== 'by_hand';
}

function planAccount({ login, siteAdmin }: InstallWish, { account }: InstallFound): InstallStep[] {
  return [
    { kind: 'account', action: account === null ? 'make' : 'keep', login },
    ...(siteAdmin && account?.siteAdmin !== true ? [{ kind: 'site_admin', action: 'change', login } as const] : []),
  ];
}

function planToken({ manifest }: InstallWish, { tokenFault }: InstallFound): InstallStep {
  const action = tokenFault === null ? 'keep' : 'make';
  return { kind: 'token', action, name: manifest.name, why: tokenFault ?? '' };
}

function planApplication(wish: InstallWish, { applications, client, settings }: InstallFound): InstallStep {
  const wanted = redirectUris(wish);
  const stored = applications.find(({ clientId }) => clientId === settings.oauthClientId);
  const ours = stored ?? applications.find(({ name }) => name === wish.manifest.title);
  if (ours === undefined) return { kind: 'application', action: 'make', id: 0, why: 'there is none' };
  const step = (action: 'keep' | 'change', why: string) => ({ kind: 'application', action, id: ours.id, why }) as const;
  if (stored === undefined || settings.oauthClientSecret === null)
    return step('change', 'its secret is not known here');
  if (client !== 'fits' && client !== 'unclear') return step('change', 'the stored secret or address is not right');
  if (!ours.confidential) return step('change', 'it keeps no secret');
  return sameSet(ours.redirectUris, wanted) ? step('keep', '') : step('change', 'its redirect address is another');
}

function planWebhook(wish: InstallWish, { webhooks, settings, record }: InstallFound): InstallStep {
  const url = webhookUrl(wish);
  const { events } = wish.manifest.webhook;
  const ours = webhooks.filter(
    (hook) => hook.url === url || (hook.id === record?.webhook?.id && hook.url === record.webhook.url),
  );
  const [first] = ours;
  if (first === undefined) return { kind: 'webhook', action: 'make', id: 0, url, remove: [], why: 'there is none' };
  const fault =
    settings.webhookSecret === null
      ? 'its secret is not known here'
      : ours.length > 1
        ? 'there are several'
        : first.url !== url
          ? 'its address is another'
          : !first.active || first.contentType !== 'json' || !sameSet(first.events, events)
            ? 'its events or its form are others'
            : null;
  if (fault === null) return { kind: 'webhook', action: 'keep', id: first.id, url, remove: [], why: '' };
  // Changing one in place would take its secret or its events for forgotten.
  return { kind: 'webhook', action: 'replace', id: 0, url, remove: ours.map(({ id }) => id), why: fault };
}

function planSettings(wish: InstallWish, { settings }: InstallFound): InstallStep {
  const { forgeUrl, publicUrl } = wish;
  const forgePublicUrl = wish.forgePublicUrl === forgeUrl ? null : wish.forgePublicUrl;
  const changes: Partial<InstalledSettings> = {
    ...(settings.forgeUrl === forgeUrl ? {} : { forgeUrl }),
    ...(settings.publicUrl === publicUrl ? {} : { publicUrl }),
    ...(settings.forgePublicUrl === forgePublicUrl ? {} : { forgePublicUrl }),
  };
  return { kind: 'settings', action: Object.keys(changes).length === 0 ? 'keep' : 'change', changes };
}

function planFiles({ manifest, files }: InstallWish, found: InstallFound) {
  return files.map((file) => {
    const before = found.files?.get(file.path) ?? null;
    const text = file.kind === 'whole' ? file.text : putBlock(manifest.name, before ?? '', file.text);
    const action = found.files === null ? 'by_hand' : before === text ? 'keep' : before === null ? 'make' : 'change';
    return { kind: 'file', action, file, text, before } as const;
  });
}

export function sameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((each) => right.includes(each));
}
