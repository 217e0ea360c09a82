import fs from 'node:fs/promises';
import path from 'node:path';
import { HeadwaterError } from '../../domain/errors';
import { exhaustionOf } from '../../git-http/exhaustion';
import { runGit } from '../../git-http/run-git';
import type { ObjectCache } from '../../ports/object-cache';
import { answerAncestry } from './ancestry';
import { shareHistory, tagsOn } from './history';
import { clearLeftovers, isSound, makeBareRepository } from './bare-repository';
import { countPacks, dropInventory, takeInventory } from './pack-inventory';
import { readTips, writeTips } from './packed-refs';

export interface ObjectCacheOptions {
  /** Folder of the repositories, made if missing. Everything in it that ends in ".git" is ours. */
  readonly dir: string;
  readonly gitPath?: string;
  /** Packs are merged when there are more; every fetch adds one, and each slows every look-up a little. */
  readonly maxPacks?: number;
}

/** Repositories on the local disk, `<dir>/<mirror id>.git`. */
export function createObjectCache(options: ObjectCacheOptions): ObjectCache {
  const { dir, gitPath, maxPacks = 50 } = options;

  const cacheDirOf = (mirrorId: string): string => {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(mirrorId)) throw new HeadwaterError('internal', {}, { cause: mirrorId });
    return path.join(dir, `${mirrorId}.git`);
  };

  const mergePacks = async (cacheDir: string): Promise<void> => {
    await dropInventory(cacheDir);
    // Merges small packs into larger ones, so that the work stays in proportion, and drops no object. If it fails the
    // packs stay as they are, and the next fetch tries again.
    await runGit({
      args: ['--git-dir', cacheDir, '-c', 'pack.threads=1', 'repack', '-d', '-q', '--geometric=2'],
      gitPath,
      lowPriority: true,
    });
  };

  const remove = async (folder: string): Promise<void> => fs.rm(folder, { recursive: true, force: true });

  return {
    open: (mirrorId) =>
      tellingExhaustion(async () => {
        const cacheDir = cacheDirOf(mirrorId);
        await clearLeftovers(cacheDir);
        if (!(await isSound(cacheDir))) {
          await remove(cacheDir);
          await makeBareRepository(cacheDir);
        }
        return cacheDir;
      }),

    async tips(mirrorId) {
      return (await readTips(cacheDirOf(mirrorId))) ?? new Set();
    },

    setTips: (mirrorId, tips) =>
      tellingExhaustion(async () => {
        const cacheDir = cacheDirOf(mirrorId);
        await writeTips(cacheDir, tips);
        if ((await countPacks(cacheDir)) > maxPacks) await mergePacks(cacheDir);
        await takeInventory(cacheDir);
      }),

    areAncestors: (mirrorId, questions) => answerAncestry(cacheDirOf(mirrorId), questions, gitPath),

    shareHistory: (mirrorId, questions) => shareHistory(cacheDirOf(mirrorId), questions, gitPath),

    tagsOn: (mirrorId, tags, tips) => tagsOn(cacheDirOf(mirrorId), tags, tips, gitPath),

    remove: (mirrorId) => remove(cacheDirOf(mirrorId)),

    async sweep(exists) {
      for (const name of await fs.readdir(dir).catch(() => [])) {
        if (name.endsWith('.git') && !(await exists(name.slice(0, -'.git'.length)))) await remove(path.join(dir, name));
      }
    },
  };
}

async function tellingExhaustion<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw exhaustionOf(error) ?? error;
  }
}
