import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import type { InstallRecord } from '../../domain/install-record';
import type { InstalledSetting, InstalledSettings, SettingsFile } from '../../ports/settings-file';
import { changeEnvLines } from './env-lines';

export interface SettingsFileOptions {
  readonly path: string;
  /** The whole name of each setting. */
  readonly names: Readonly<Record<InstalledSetting, string>>;
  /** What the configuration says now. */
  readonly read: () => InstalledSettings;
}

const recordSchema: z.ZodType<InstallRecord> = z.object({
  forgeUrl: z.string(),
  account: z.object({ login: z.string(), made: z.boolean(), raised: z.boolean() }).nullable(),
  token: z.object({ name: z.string() }).nullable(),
  application: z.object({ id: z.number() }).nullable(),
  webhook: z.object({ id: z.number(), url: z.string() }).nullable(),
  files: z.array(
    z.object({
      folder: z.string(),
      live: z.boolean(),
      path: z.string(),
      kind: z.enum(['block', 'whole']),
      madeFile: z.boolean(),
      madeFolder: z.string().nullable(),
    }),
  ),
  settings: z.array(z.string()),
});

/** A file of NAME=value lines, and what was made in the forge beside it, in `<file>.installed.json`. */
export function createSettingsFile(options: SettingsFileOptions): SettingsFile {
  const path = resolve(options.path);
  const recordPath = `${path}.installed.json`;
  const change = async (changes: ReadonlyMap<string, string | null>) => {
    const before = (await readIfThere(path)) ?? '';
    const text = changeEnvLines(before, changes);
    if (text.trim() === '') await rm(path, { force: true });
    else await writePrivate(path, text);
  };
  return {
    path,
    read: options.read,
    async write(changes) {
      const entries = Object.entries(changes) as [InstalledSetting, string | Secret | null][];
      await change(new Map(entries.map(([key, value]) => [options.names[key], reveal(value)])));
    },
    async remove(keys) {
      await change(new Map(keys.map((key) => [options.names[key], null])));
    },
    async record() {
      const text = await readIfThere(recordPath);
      return text === null ? null : recordSchema.parse(JSON.parse(text));
    },
    async keepRecord(record) {
      if (record === null) await rm(recordPath, { force: true });
      else await writePrivate(recordPath, `${JSON.stringify(record, null, 2)}\n`);
    },
  };
}

function reveal(value: string | Secret | null): string | null {
  return value instanceof Secret ? value.reveal() : value;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw denied(path, thrown);
  }
}

/** Whole or not at all, for the owner's eyes alone: whose the file was, it stays, or root's new token would lock the service out. */
async function writePrivate(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await rm(draft, { force: true });
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
    await chmod(draft, 0o600);
    const before = await stat(path).catch(() => null);
    if (before !== null && process.getuid?.() === 0) await chown(draft, before.uid, before.gid);
    await rename(draft, path);
  } catch (thrown) {
    throw denied(path, thrown);
  }
}

function denied(path: string, thrown: unknown): HeadwaterError {
  const why = (thrown as NodeJS.ErrnoException).code ?? 'unknown error';
  return new HeadwaterError('install_files_denied', { file: path, why }, { cause: thrown });
}
