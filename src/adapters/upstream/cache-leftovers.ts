import fs from 'node:fs/promises';
import path from 'node:path';

/** The packs of a bare repository, so that those of a failed fetch can be told from those that were there before. */
export async function packFiles(cacheDir: string): Promise<ReadonlySet<string>> {
  return new Set(await list(packDir(cacheDir)));
}

/** Removes every file that came into the pack folder since `before`, and temporary files of any age. */
export async function removeLeftovers(cacheDir: string, before: ReadonlySet<string>): Promise<void> {
  for (const name of await list(packDir(cacheDir))) {
    // libgit2 writes pack_git2_*; after a kill nothing else ever removes it.
    if (!before.has(name) || /^(pack_git2_|tmp_)/.test(name))
      await fs.rm(path.join(packDir(cacheDir), name), { force: true });
  }
}

function packDir(cacheDir: string): string {
  return path.join(cacheDir, 'objects', 'pack');
}

async function list(folder: string): Promise<string[]> {
  try {
    return await fs.readdir(folder);
  } catch {
    return [];
  }
}
