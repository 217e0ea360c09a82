import { LRUCache } from 'lru-cache';
import type { Advertisement } from '../../git-http/advertisement';
import type { KnownAdvertisement } from '../../git-http/advertisement-reader';
import type { RefListing } from '../../ports/upstream';
import { toRefListing } from './ref-listing';

type Known = KnownAdvertisement & Pick<RefListing, 'digest' | 'defaultBranch'>;

/** Shorter ones are parsed before their last byte is there. */
const worthwhileRefs = 1000;
const maxListings = 2000;

/**
 * What large upstreams said last time. Nothing is believed because of it: whatever comes is hashed, and the same bytes mean
 * the same refs.
 */
export class ListingMemory {
  readonly #known = new LRUCache<string, Known>({ max: maxListings });

  known(address: string): KnownAdvertisement | undefined {
    return this.#known.get(address);
  }

  /** The listing that an advertisement amounts to, which is kept in mind. */
  listing(address: string, advertisement: Advertisement): RefListing {
    const { refs, invalidNames, capabilities, receivedBytes, sha256, head, headTarget } = advertisement;
    const known = this.#known.get(address);
    if (known !== undefined && known.sha256 === sha256) {
      const { digest, defaultBranch } = known;
      return { refs, invalidNames, defaultBranch, digest, capabilities, receivedBytes };
    }
    const listing = toRefListing(advertisement);
    const { digest, defaultBranch } = listing;
    // Odd names are rare, and a server could make much memory of them.
    if (refs.size < worthwhileRefs || invalidNames.length > 0) this.#known.delete(address);
    else
      this.#known.set(address, {
        ...{ refCount: refs.size, invalidNames, capabilities, sha256, head, headTarget },
        ...{ digest, defaultBranch },
      });
    return listing;
  }
}
