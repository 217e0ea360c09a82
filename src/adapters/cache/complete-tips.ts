import fs from 'node:fs/promises';
import path from 'node:path';
import type { Oid } from '../../domain/git-ref';
import { replaceFile } from './replace-file';

/**
 * Beside the objects, so that it goes when they go: a repository that was made anew is searched from its beginning. A file
 * that is missing or cut short costs one search.
 */
const fileName = 'headwater-lfs-tips';
const lastLine = 'end';

export async function readCompleteTips(cacheDir: string): Promise<Set<Oid>> {
  let text: string;
  try {
    text = await fs.readFile(path.join(cacheDir, fileName), 'latin1');
  } catch {
    return new Set();
  }
  const lines = text.split('\n');
  if (lines.at(-1) !== lastLine) return new Set();
  return new Set(lines.slice(0, -1).filter((line) => /^[0-9a-f]{40}$/.test(line)));
}

export async function writeCompleteTips(cacheDir: string, tips: ReadonlySet<Oid>): Promise<void> {
  const file = path.join(cacheDir, fileName);
  // Without it the next run searches again, which is no reason to fail this one.
  await replaceFile(file, [...tips, lastLine].join('\n')).catch(() => fs.rm(file, { force: true }));
}
