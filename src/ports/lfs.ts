import type { Fault } from '../domain/errors';
import type { Progress } from '../domain/events';
import type { Oid } from '../domain/git-ref';
import type { LfsObject, LfsPointer } from '../domain/lfs-pointer';
import type { LfsSource } from '../domain/lfs-source';
import type { ForgeProject } from './forge';

export interface PointerSearch {
  /** Bare repository that holds the objects (ports/object-cache). */
  readonly cacheDir: string;
  /** Tips whose history is searched. */
  readonly wanted: Iterable<Oid>;
  /** Tips whose history is left out; those that the cache lacks are passed over. */
  readonly have: readonly Oid[];
  readonly signal: AbortSignal;
}

/** Finds LFS pointers in what was fetched, by git's own walk of the objects, each of which is visited once (RES-01). */
export interface LfsPointers {
  /**
   * Every pointer that the wanted tips reach and the others do not; where there are no others, every pointer in the cache.
   * Raises upstream_corrupt, lfs_too_many_objects.
   */
  find(search: PointerSearch): Promise<LfsPointer[]>;

  /**
   * Which of the wanted tips need one of these blobs, each with one that it needs. Costs about as much as `find`, so it is
   * asked only when something is wrong. Raises upstream_corrupt.
   */
  tipsWith(blobs: ReadonlySet<Oid>, search: PointerSearch): Promise<ReadonlyMap<Oid, Oid>>;

  /** Tips whose LFS objects were all in the forge when last looked at. Kept with the cache; empty when that was lost. */
  completeTips(cacheDir: string): Promise<ReadonlySet<Oid>>;

  setCompleteTips(cacheDir: string, tips: ReadonlySet<Oid>): Promise<void>;
}

export interface LfsCopyRequest {
  readonly objects: readonly LfsObject[];
  readonly source: LfsSource;
  /** The source with a new login, where the one it has runs out or is refused; null: there is none. */
  readonly renew: (() => Promise<LfsSource>) | null;
  readonly project: Pick<ForgeProject, 'owner' | 'name'>;
  /** `done` of `total` objects are settled: were there, arrived, or cannot be had. */
  readonly onProgress: (progress: Omit<Progress, 'phase'>) => void;
  readonly signal: AbortSignal;
}

export interface LfsCopyResult {
  /** Objects that the forge still lacks, by lfsKey: lfs_object_* or lfs_upstream_unusable. */
  readonly faults: ReadonlyMap<string, Fault>;
  /** Objects that were sent. */
  readonly copied: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/**
 * Copies LFS objects from an upstream into a project of the forge. What the project has is not sent again, so a run that
 * was cut short goes on where it stopped. Nothing is ever deleted in the forge (DATA-08).
 */
export interface LfsCopy {
  /** Does the forge serve LFS? It is switched on or off for all of it. Raises forge_*. */
  isEnabled(signal: AbortSignal): Promise<boolean>;

  /**
   * What concerns one object, or only the upstream's LFS server, is answered as faults. What may pass soon, and trouble
   * with the forge, is raised: upstream_* of the transient kind, forge_*.
   */
  copy(request: LfsCopyRequest): Promise<LfsCopyResult>;
}
