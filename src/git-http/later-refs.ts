import type { Oid, RefMap, RefName } from '../domain/git-ref';

/** Refs of which only the number is known before somebody looks at them. */
export class LaterRefs implements RefMap {
  #refs: RefMap | null = null;

  constructor(
    readonly size: number,
    private readonly read: () => RefMap,
  ) {}

  get #known(): RefMap {
    return (this.#refs ??= this.read());
  }

  get(ref: RefName): Oid | undefined {
    return this.#known.get(ref);
  }

  has(ref: RefName): boolean {
    return this.#known.has(ref);
  }

  forEach(visit: (oid: Oid, ref: RefName, refs: RefMap) => void): void {
    this.#known.forEach((oid, ref) => visit(oid, ref, this));
  }

  entries(): MapIterator<[RefName, Oid]> {
    return this.#known.entries();
  }

  keys(): MapIterator<RefName> {
    return this.#known.keys();
  }

  values(): MapIterator<Oid> {
    return this.#known.values();
  }

  [Symbol.iterator](): MapIterator<[RefName, Oid]> {
    return this.entries();
  }
}
