import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { HeadwaterError } from '../../domain/errors';
import type { LfsObject } from '../../domain/lfs-pointer';

/**
 * Lets an object through and keeps its last piece back until size and SHA-256 are known to be right, so that nobody behind
 * it ever gets a wrong object whole. Fails with lfs_object_corrupt.
 */
export class CheckedBytes extends Transform {
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #last: Buffer | null = null;

  constructor(
    private readonly object: LfsObject,
    private readonly onBytes: (bytes: number) => void,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#bytes += chunk.length;
    this.onBytes(chunk.length);
    if (this.#bytes > this.object.size) return done(corruptObject(this.object, 'it is longer than its pointer says'));
    this.#hash.update(chunk);
    if (this.#last !== null) this.push(this.#last);
    this.#last = chunk;
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.#bytes < this.object.size) return done(corruptObject(this.object, 'it is shorter than its pointer says'));
    if (this.#hash.digest('hex') !== this.object.oid)
      return done(corruptObject(this.object, 'its SHA-256 is another one'));
    done(null, this.#last ?? undefined);
  }
}

export function corruptObject({ oid }: LfsObject, why: string): HeadwaterError {
  return new HeadwaterError('lfs_object_corrupt', { oid, why });
}
