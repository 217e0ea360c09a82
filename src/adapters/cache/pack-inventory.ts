import fs from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from './replace-file';

const inventoryName = 'headwater-packs';

export function packDir(cacheDir: string): string {
  return path.join(cacheDir, 'objects', 'pack');
}

/** Pack files and their sizes, in bytes. */
async function packSizes(cacheDir: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const name of await fs.readdir(packDir(cacheDir))) {
    if (!/\.(pack|idx)$/.test(name)) continue;
    sizes.set(name, (await fs.stat(path.join(packDir(cacheDir), name))).size);
  }
  return sizes;
}

export async function countPacks(cacheDir: string): Promise<number> {
  return (await fs.readdir(packDir(cacheDir))).filter((name) => name.endsWith('.pack')).length;
}

/** Notes which packs the tips live in, so that a pack which is lost or cut short is noticed without reading any. */
export async function takeInventory(cacheDir: string): Promise<void> {
  const lines = [...(await packSizes(cacheDir))].map(([name, size]) => `${size} ${name}\n`);
  await replaceFile(path.join(cacheDir, inventoryName), lines.join(''));
}

/** Before packs are merged: until the next inventory, packs may vanish. */
export async function dropInventory(cacheDir: string): Promise<void> {
  await fs.rm(path.join(cacheDir, inventoryName), { force: true });
}

/** Is every pack of the last inventory there in full, and every pack complete? */
export async function packsAreSound(cacheDir: string): Promise<boolean> {
  const sizes = await packSizes(cacheDir);
  for (const name of sizes.keys()) {
    const twin = name.endsWith('.pack') ? name.replace(/pack$/, 'idx') : name.replace(/idx$/, 'pack');
    if (!sizes.has(twin)) return false;
  }
  let inventory: string;
  try {
    inventory = await fs.readFile(path.join(cacheDir, inventoryName), 'latin1');
  } catch {
    return true;
  }
  return inventory
    .split('\n')
    .filter((line) => line !== '')
    .every((line) => {
      const [size, name = ''] = line.split(' ');
      return sizes.get(name) === Number(size);
    });
}
