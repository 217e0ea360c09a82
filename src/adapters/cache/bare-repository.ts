import fs from 'node:fs/promises';
import path from 'node:path';
import { packDir, packsAreSound } from './pack-inventory';
import { readTips, writeTips } from './packed-refs';

const head = 'ref: refs/heads/none\n';

/** No hook ever runs here, and nothing is repacked behind our back. */
const config = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
\tlogAllRefUpdates = false
\thooksPath = /dev/null
[gc]
\tauto = 0
[maintenance]
\tauto = false
`;

/** Makes an empty bare repository without starting git: four files and a few folders. */
export async function makeBareRepository(cacheDir: string): Promise<void> {
  await fs.mkdir(path.dirname(cacheDir), { recursive: true });
  for (const folder of ['', 'objects', 'objects/pack', 'objects/info', 'refs'])
    await makeFolder(path.join(cacheDir, folder));
  await writeTips(cacheDir, []);
  await fs.writeFile(path.join(cacheDir, 'config'), config);
  // Last, since a repository without it is none.
  await fs.writeFile(path.join(cacheDir, 'HEAD'), head);
}

/** One at a time: where a disk is full, Node's recursive way says that there is no such file (RES-03). */
async function makeFolder(folder: string): Promise<void> {
  try {
    await fs.mkdir(folder);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
  }
}

/** Is it as we made it, with every pack that its tips need? False also when it does not exist. */
export async function isSound(cacheDir: string): Promise<boolean> {
  try {
    if ((await fs.readFile(path.join(cacheDir, 'HEAD'), 'utf8')) !== head) return false;
    if ((await fs.readFile(path.join(cacheDir, 'config'), 'utf8')) !== config) return false;
    // git takes it for a repository only if these exist, whatever they hold.
    if (!(await fs.stat(path.join(cacheDir, 'refs'))).isDirectory()) return false;
    return (await readTips(cacheDir)) !== null && (await packsAreSound(cacheDir));
  } catch {
    return false;
  }
}

/** Removes what a killed git, libgit2 or Headwater left: locks, which would block, and temporary packs. */
export async function clearLeftovers(cacheDir: string): Promise<void> {
  await removeMatching(cacheDir, /\.lock$|^FETCH_HEAD$/);
  await removeMatching(path.join(cacheDir, 'objects'), /^tmp_/);
  await removeMatching(packDir(cacheDir), /^(pack_git2_|tmp_|\.tmp-)|\.(lock|keep)$/);
}

async function removeMatching(folder: string, pattern: RegExp): Promise<void> {
  for (const name of await namesIn(folder))
    if (pattern.test(name)) await fs.rm(path.join(folder, name), { force: true, recursive: true });
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await fs.readdir(folder);
  } catch {
    return [];
  }
}
