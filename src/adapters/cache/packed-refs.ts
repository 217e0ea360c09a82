import fs from 'node:fs/promises';
import path from 'node:path';
import type { Oid } from '../../domain/git-ref';
import { replaceFile } from './replace-file';

/**
 * The tips as git's own packed-refs file, one flat name each: nothing can conflict with anything, all change in one
 * rename, and both git and libgit2 read it. A hundred thousand tips are one file of ten megabytes.
 */
const header = '# pack-refs with: sorted \n';
const linePattern = /^([0-9a-f]{40}) refs\/tips\/\1$/;

/** Answers null when the file is missing or is not one that `writeTips` wrote. */
export async function readTips(cacheDir: string): Promise<Set<Oid> | null> {
  let text: string;
  try {
    text = await fs.readFile(path.join(cacheDir, 'packed-refs'), 'latin1');
  } catch {
    return null;
  }
  if (!text.startsWith(header) || !text.endsWith('\n')) return null;
  const tips = new Set<Oid>();
  for (const line of text.slice(header.length).split('\n')) {
    if (line === '') continue;
    const oid = linePattern.exec(line)?.[1];
    if (oid === undefined) return null;
    tips.add(oid);
  }
  return tips;
}

export async function writeTips(cacheDir: string, tips: Iterable<Oid>): Promise<void> {
  const lines = [...new Set(tips)].sort().map((oid) => `${oid} refs/tips/${oid}\n`);
  await replaceFile(path.join(cacheDir, 'packed-refs'), header + lines.join(''));
}
