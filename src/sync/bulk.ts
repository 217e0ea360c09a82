import { toHeadwaterError, type Fault } from '../domain/errors';
import type { Mirror } from '../domain/mirror';
import type { MirrorFilter, StoreReads } from '../ports/store';

export interface BulkResult {
  readonly done: readonly Mirror[];
  readonly failed: readonly { readonly id: string; readonly mirror: Mirror | null; readonly fault: Fault }[];
}

const pageSize = 100;

/** Which mirrors are meant: those named, or all that fit. */
export type BulkChoice = { readonly ids: readonly string[] } | { readonly filter: MirrorFilter };

/**
 * Does the same to many mirrors, one after the other, each in its own transaction: what is refused for one keeps no other
 * back. Who is meant is read first, since doing it may change who fits. Stops when `signal` is aborted, and what was not
 * reached then is in neither list.
 */
export async function inBulk(
  store: Pick<StoreReads, 'mirrors' | 'mirror'>,
  choice: BulkChoice,
  signal: AbortSignal,
  work: (id: string) => Promise<unknown>,
): Promise<BulkResult> {
  const done: Mirror[] = [];
  const failed: BulkResult['failed'][number][] = [];
  const known = 'ids' in choice ? null : await allThatFit(store, choice.filter);
  const ids = known === null && 'ids' in choice ? [...new Set(choice.ids)] : [...(known?.keys() ?? [])];
  for (const id of ids) {
    if (signal.aborted) break;
    const mirror = known?.get(id) ?? (await store.mirror(id));
    try {
      await work(id);
      if (mirror !== null) done.push(mirror);
    } catch (thrown) {
      failed.push({ id, mirror, fault: toHeadwaterError(thrown).toFault() });
    }
  }
  return { done, failed };
}

async function allThatFit(store: Pick<StoreReads, 'mirrors'>, filter: MirrorFilter): Promise<Map<string, Mirror>> {
  const found = new Map<string, Mirror>();
  for (let page = 1; ; page += 1) {
    const { items } = await store.mirrors({ page, limit: pageSize }, filter);
    for (const mirror of items) found.set(mirror.id, mirror);
    if (items.length < pageSize) return found;
  }
}
