import { changesOf, creationOf, deletionOf, requestOf, type Actor, type AuditChange } from '../domain/audit';
import type { Mirror } from '../domain/mirror';
import { policyChangeOf } from '../domain/policy-audit';
import type { Store, StoreTransaction } from '../ports/store';

export interface AuditDeps {
  readonly newId: () => string;
  /** How long entries are kept; ms. */
  readonly auditKeepMs: number;
}

/**
 * The store in the hands of somebody: what they change is written down beside the change, in the same transaction. So no
 * verb has to think of it, and none can forget it.
 */
export function auditedStore(store: Store, actor: Actor, deps: AuditDeps): Store {
  const transaction: Store['transaction'] = (work) => store.transaction((tx) => work(audited(tx, actor, deps)));
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'transaction') return transaction;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Writes one entry that no change of a mirror goes with. */
export async function noteAction(
  store: Store,
  actor: Actor,
  deps: AuditDeps,
  change: AuditChange,
  about: Pick<Mirror, 'repoId' | 'fullName'> | null = null,
): Promise<void> {
  await store.transaction((tx) => write(tx, actor, deps, about, change));
}

function audited(tx: StoreTransaction, actor: Actor, deps: AuditDeps): StoreTransaction {
  /** As this transaction last saw them. */
  const seen = new Map<string, Mirror>();
  const before = async (id: string): Promise<Mirror | null> => seen.get(id) ?? (await tx.mirror(id));
  const note = (mirror: Mirror, change: AuditChange) => write(tx, actor, deps, mirror, change);
  return {
    ...tx,
    lockMirror: async (id) => {
      const mirror = await tx.lockMirror(id);
      if (mirror !== null) seen.set(id, mirror);
      return mirror;
    },
    insertMirror: async (mirror) => {
      await tx.insertMirror(mirror);
      seen.set(mirror.id, mirror);
      await note(mirror, creationOf(mirror));
    },
    saveMirror: async (mirror) => {
      const old = await before(mirror.id);
      await tx.saveMirror(mirror);
      seen.set(mirror.id, mirror);
      if (old === null) return;
      for (const change of changesOf(old, mirror)) await note(mirror, change);
    },
    deleteMirror: async (id) => {
      const old = await before(id);
      await tx.deleteMirror(id);
      seen.delete(id);
      if (old !== null) await note(old, deletionOf(old));
    },
    savePolicy: async (policy) => {
      const change = policyChangeOf(await tx.policy(), policy);
      await tx.savePolicy(policy);
      if (change !== null) await write(tx, actor, deps, null, change);
    },
    insertRun: async (run) => {
      await tx.insertRun(run);
      const change = requestOf(run);
      const mirror = change === null ? null : await before(run.mirrorId);
      if (change !== null && mirror !== null) await note(mirror, change);
    },
  };
}

async function write(
  tx: StoreTransaction,
  actor: Actor,
  { newId, auditKeepMs }: AuditDeps,
  mirror: Pick<Mirror, 'repoId' | 'fullName'> | null,
  change: AuditChange,
): Promise<void> {
  const at = await tx.now();
  const { who, via, from } = actor;
  const about = { repoId: mirror?.repoId ?? null, project: mirror?.fullName ?? null };
  await tx.insertAuditEntry({ id: newId(), at, who, via, from, ...about, ...change }, at - auditKeepMs);
}
