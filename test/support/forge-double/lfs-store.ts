import { createHash } from 'node:crypto';

/** What a forge keeps of LFS: contents for all of it, and which project has which. */
export class LfsStore {
  /** LFS_START_SERVER of the forge's configuration. */
  enabled = true;
  /** LFS_MAX_BATCH_SIZE; 0 is no limit. */
  maxBatchSize = 0;
  /** LFS_MAX_FILE_SIZE in bytes; 0 is no limit. */
  maxFileSize = 0;
  readonly contents = new Map<string, Buffer>();
  readonly #sizes = new Map<number, Map<string, number>>();

  /** Size of an object that the project has. */
  sizeIn(repoId: number, oid: string): number | undefined {
    return this.#sizes.get(repoId)?.get(oid);
  }

  reposWith(oid: string): number[] {
    return [...this.#sizes].filter(([, objects]) => objects.has(oid)).map(([id]) => id);
  }

  link(repoId: number, oid: string, size: number): void {
    const objects = this.#sizes.get(repoId) ?? new Map<string, number>();
    this.#sizes.set(repoId, objects.set(oid, size));
  }

  /** Forgets that the project has it, as the forge's own clearing up does for what no ref needs. */
  unlink(repoId: number, oid: string): void {
    this.#sizes.get(repoId)?.delete(oid);
  }
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
