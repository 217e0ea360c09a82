import { fault, type Fault } from '../../src/domain/errors';
import type { Oid } from '../../src/domain/git-ref';
import { lfsKey, type LfsObject, type LfsPointer } from '../../src/domain/lfs-pointer';
import type { LfsCopy, LfsCopyRequest, LfsPointers, PointerSearch } from '../../src/ports/lfs';

/** LFS as a test writes it down: which tips need which objects, and which objects the upstream lacks. */
export class ScriptedLfs {
  enabled = true;
  /** Tip to the objects of all its history; the blob's id is made from the object's. */
  readonly needs = new Map<Oid, readonly LfsObject[]>();
  /** Objects that the upstream does not have, by id. */
  readonly missing = new Set<string>();
  /** Objects that the forge has, by id. */
  readonly arrived = new Set<string>();
  readonly searches: { readonly wanted: Oid[]; readonly have: Oid[] }[] = [];
  readonly copies: LfsCopyRequest[] = [];
  complete: ReadonlySet<Oid> = new Set();

  readonly pointers: LfsPointers = {
    find: async (search) => {
      this.searches.push({ wanted: [...search.wanted].sort(), have: [...search.have].sort() });
      const pointers = new Map<string, LfsPointer>();
      for (const tip of search.wanted)
        for (const object of this.#new(tip, search)) pointers.set(lfsKey(object), { blob: blobOf(object), object });
      return [...pointers.values()];
    },
    tipsWith: async (blobs, search) => {
      const found = new Map<Oid, Oid>();
      for (const tip of search.wanted) {
        const object = this.#new(tip, search).find((one) => blobs.has(blobOf(one)));
        if (object !== undefined) found.set(tip, blobOf(object));
      }
      return found;
    },
    completeTips: async () => this.complete,
    setCompleteTips: async (_, tips) => void (this.complete = tips),
  };

  readonly copy: LfsCopy = {
    isEnabled: async () => this.enabled,
    copy: async (request) => {
      this.copies.push(request);
      const faults = new Map<string, Fault>();
      for (const object of request.objects) {
        if (this.missing.has(object.oid)) faults.set(lfsKey(object), fault('lfs_object_missing', { oid: object.oid }));
        else this.arrived.add(object.oid);
      }
      request.onProgress({ done: request.objects.length, total: request.objects.length, bytes: 10 });
      return { faults, copied: request.objects.length - faults.size, receivedBytes: 10, sentBytes: 10 };
    },
  };

  #new(tip: Oid, { have }: PointerSearch): readonly LfsObject[] {
    const known = new Set(have.flatMap((one) => (this.needs.get(one) ?? []).map(lfsKey)));
    return (this.needs.get(tip) ?? []).filter((object) => !known.has(lfsKey(object)));
  }
}

function blobOf({ oid }: LfsObject): Oid {
  return oid.slice(-40);
}
