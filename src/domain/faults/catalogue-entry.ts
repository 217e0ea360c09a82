import type { FaultClass } from './fault-class';

/**
 * Who must act. The kind decides retry, HTTP status and log level:
 * - user: the maintainer or caller must change something;
 * - transient: the same attempt may succeed later;
 * - bug: the operator must look.
 */
export type FaultKind = 'user' | 'transient' | 'bug';

export interface CatalogueEntry {
  readonly class: FaultClass;
  readonly kind: FaultKind;
  /** HTTP status when this answers a request; by default the kind's. */
  readonly status?: number;
  readonly message: string;
  readonly advice: string;
}
