import { existsSync, type Stats } from 'node:fs';
import { chmod, chown, mkdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { HeadwaterError } from '../../domain/errors';
import type { ForgeFolder, Reload } from '../../ports/forge-folder';

export interface ForgeFolderOptions {
  readonly path: string;
  readonly kind: ForgeFolder['kind'];
  /** Before the first file is written. */
  readonly prepare?: () => void;
  readonly reload: () => Promise<Reload>;
}

/** A folder of files on this machine; new ones belong to whom the folder belongs. */
export function createForgeFolder(options: ForgeFolderOptions): ForgeFolder {
  const root = resolve(options.path);
  const place = (path: string) => join(root, path);
  return {
    path: root,
    kind: options.kind,
    reload: options.reload,
    async read(path) {
      try {
        return await readFile(place(path), 'utf8');
      } catch (thrown) {
        const code = (thrown as NodeJS.ErrnoException).code;
        if (code === 'ENOENT' || code === 'ENOTDIR') {
          // A new forge has none yet, but the folder that it stands in; a mistyped one has neither.
          if (options.kind === 'live' && !existsSync(dirname(root)))
            throw new HeadwaterError('install_folder_missing', { folder: root });
          return null;
        }
        throw denied(place(path), thrown);
      }
    },
    async write(path, text) {
      const file = place(path);
      try {
        options.prepare?.();
        const before = await stat(file).catch(() => null);
        const owner = before ?? (await ownerAbove(root));
        const first = await mkdir(dirname(file), { recursive: true });
        // Where the folder itself was made, so was everything in it.
        const made = first === undefined ? null : relative(root, isAbove(root, first) ? first : place(top(path)));
        const draft = `${file}.headwater-new`;
        await rm(draft, { force: true });
        await writeFile(draft, text, { flag: 'wx' });
        await chmod(draft, before === null ? 0o644 : before.mode & 0o777);
        if (process.getuid?.() === 0) {
          await chown(draft, owner.uid, owner.gid);
          for (let folder = dirname(file); first !== undefined; folder = dirname(folder)) {
            await chown(folder, owner.uid, owner.gid);
            if (folder === resolve(first)) break;
          }
        }
        await rename(draft, file);
        return made;
      } catch (thrown) {
        throw denied(file, thrown);
      }
    },
    async remove(path, madeFolder) {
      const file = place(path);
      try {
        await rm(file, { force: true });
        if (madeFolder === null) return;
        for (let folder = dirname(file); folder.startsWith(place(madeFolder)); folder = dirname(folder))
          await rmdir(folder);
      } catch (thrown) {
        const { code } = thrown as NodeJS.ErrnoException;
        if (code !== 'ENOTEMPTY' && code !== 'ENOENT' && code !== 'EEXIST') throw denied(file, thrown);
      }
    },
  };
}

/** Of the folder, or of the nearest one above it that is there. */
async function ownerAbove(folder: string): Promise<Stats> {
  for (let at = folder; ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found !== null) return found;
  }
}

function isAbove(root: string, folder: string): boolean {
  return resolve(folder).startsWith(`${root}/`);
}

/** The first folder of a path with slashes. */
function top(path: string): string {
  return path.split('/')[0] ?? path;
}

function denied(file: string, thrown: unknown): HeadwaterError {
  const why = (thrown as NodeJS.ErrnoException).code ?? 'unknown error';
  return new HeadwaterError('install_files_denied', { file, why }, { cause: thrown });
}
