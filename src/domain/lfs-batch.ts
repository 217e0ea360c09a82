import { lfsKey, type LfsObject } from './lfs-pointer';

/** What git-lfs itself asks for at once; Gitea and Forgejo can be set to refuse more. */
export const largestBatch = 100;

/**
 * Every object once, in portions that each name an id at most once, since answers tell objects apart by their id.
 */
export function planBatches(objects: Iterable<LfsObject>, size: number): LfsObject[][] {
  const seen = new Set<string>();
  const namings = new Map<string, number>();
  const layers: LfsObject[][] = [];
  for (const object of objects) {
    const key = lfsKey(object);
    if (seen.has(key)) continue;
    seen.add(key);
    const naming = namings.get(object.oid) ?? 0;
    namings.set(object.oid, naming + 1);
    (layers[naming] ??= []).push(object);
  }
  return layers.flatMap((layer) => portions(layer, size));
}

export function portions<T>(items: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let at = 0; at < items.length; at += size) result.push(items.slice(at, at + size));
  return result;
}
