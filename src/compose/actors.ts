import { userInfo } from 'node:os';
import type { Actor } from '../domain/audit';
import type { Store } from '../ports/store';
import { auditedStore, type AuditDeps } from '../sync/audited-store';

/** What the worker does unasked. */
export const byItself: Actor = { who: null, via: 'clock', from: null };

/** Whoever runs the command line, by the name of the account on the server. */
export function byAdmin(): Actor {
  return { who: accountName(), via: 'cli', from: null };
}

function accountName(): string | null {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return null;
  }
}

/** The forge's webhook, whose hints are followed. */
export const byForge: Actor = { ...byItself, via: 'webhook' };

interface Auditable extends Pick<AuditDeps, 'newId'> {
  readonly store: Store;
}

/** The store in the hands of somebody. */
export function audited(
  { store, newId }: Auditable,
  { auditKeepMs }: Pick<AuditDeps, 'auditKeepMs'>,
  actor: Actor,
): Store {
  return auditedStore(store, actor, { newId, auditKeepMs });
}
