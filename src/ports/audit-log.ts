import type { AuditEntry } from '../domain/audit';
import type { Page, Paged } from './paged';

export interface AuditReads {
  /** Newest first; of one project of the forge, or of all. */
  auditEntries(about: { readonly repoId?: number }, page: Page): Promise<Paged<AuditEntry>>;
}

export interface AuditWrites {
  /** Entries from before `keptSince` (epoch ms) go. */
  insertAuditEntry(entry: AuditEntry, keptSince: number): Promise<void>;
}
