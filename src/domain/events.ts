import type { Fault } from './errors';
import type { Cause } from './cause';
import type { RefCounts } from './run';

/** listing: the upstream's refs; receiving, resolving: objects; copying: LFS objects; pushing: refs into the forge. */
export type Phase = 'listing' | 'receiving' | 'resolving' | 'copying' | 'pushing';

export interface Progress {
  readonly phase: Phase;
  /** Objects (receiving, copying; resolving: deltas) or refs (pushing) so far. */
  readonly done: number;
  /** 0 while unknown. */
  readonly total: number;
  /** Bytes moved so far in this phase. */
  readonly bytes: number;
}

/** What happens to a mirror, as those who watch are told. Lossy by design: the database holds the truth. */
export type MirrorNotice =
  | { readonly type: 'run.queued'; readonly runId: string; readonly cause: Cause }
  | { readonly type: 'run.started'; readonly runId: string }
  | ({ readonly type: 'run.progressed'; readonly runId: string } & Progress)
  | { readonly type: 'run.finished'; readonly runId: string; readonly counts: RefCounts }
  | { readonly type: 'run.failed'; readonly runId: string; readonly error: Fault }
  | { readonly type: 'mirror.removed' };
