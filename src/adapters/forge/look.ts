import { z } from 'zod';
import type { Secret } from '../../domain/credentials';
import type { ForgeLook } from '../../ports/forge';
import { parseAnswer, type ForgeClient } from './client';

const versionSchema = z.object({ version: z.string() });
const uiSchema = z.object({ default_theme: z.string().optional() });
const settingsSchema = z.object({ lfs_disabled: z.boolean().optional() });
const doing = 'asking what kind of forge it is';
/** It changes with the forge's configuration or version, so hardly ever; ms. */
const rememberedMs = 10 * 60_000;

/** Forgejo tells its kind by its version: "11.0.1+gitea-1.22.0". Asked once in a while, and together. */
export function createLook(client: ForgeClient, token: Secret, now: () => number): () => Promise<ForgeLook> {
  let latest: { readonly at: number; readonly look: Promise<ForgeLook> } | null = null;
  return () => {
    if (latest !== null && now() - latest.at < rememberedMs) return latest.look;
    const look = ask(client, token);
    latest = { at: now(), look };
    look.catch(() => (latest = null));
    return look;
  };
}

async function ask(client: ForgeClient, token: Secret): Promise<ForgeLook> {
  const get = (route: string) => client.request(route, { token, doing, expected: [404] });
  const [version, ui, settings] = await Promise.all([
    get('GET /version'),
    get('GET /settings/ui'),
    get('GET /settings/repository'),
  ]);
  const name = /[+-]gitea-/.test(parseAnswer(versionSchema, version.data, doing).version) ? 'Forgejo' : 'Gitea';
  const theme = ui.status === 200 ? parseAnswer(uiSchema, ui.data, doing).default_theme : undefined;
  const lfsOff = settings.status === 200 && parseAnswer(settingsSchema, settings.data, doing).lfs_disabled === true;
  return { name, theme: theme ?? `${name.toLowerCase()}-auto`, keepsLfs: !lfsOff };
}
