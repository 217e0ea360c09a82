import { portionUpdates, type RefUpdate } from '../../domain/ref-plan';
import type { PackLane } from '../../ports/forge';
import type { RefListing, TakePack } from '../../ports/upstream';
import type { SyncContext } from '../sync-context';
import type { ForgeState } from './read-forge';

/** How many portions a lane carries at once: each push makes the forge look through the whole history again. */
const maxPortions = 5;

/**
 * The short way of an import's pack: into a push to the forge while it is still being fetched, so that both take place at
 * once. It is opened with the first bytes, for the refs that the upstream lists, and its end is held back until the run
 * pushes exactly these. Whatever comes in between, the refs are pushed from the cache like any others.
 */
export class ImportLane {
  readonly #forge: Promise<ForgeState | null>;
  #tell: (forge: ForgeState | null) => void = () => {};
  #lane: Promise<PackLane | null> | null = null;

  constructor(
    private readonly context: SyncContext,
    private readonly chosen: RefListing,
  ) {
    this.#forge = new Promise((resolve) => (this.#tell = resolve));
  }

  /** For the fetch; undefined where it is not known beforehand what is to be pushed. */
  get takePack(): TakePack | undefined {
    const { mirror, run } = this.context.claim;
    if (run.cause === 'plan' || mirror.lastSuccessAt !== null || mirror.options.tags === 'on_branches')
      return undefined;
    return async (bytes) => {
      this.#lane ??= this.#open();
      await (await this.#lane)?.write(bytes);
    };
  }

  /** The pack waits for what is read of the forge. Only an empty project is sure to take whatever comes. */
  async prepare(reading: Promise<ForgeState>): Promise<ForgeState> {
    try {
      const forge = await reading;
      if (forge.listing.refs.size === 0) this.#tell(forge);
      return forge;
    } finally {
      this.#tell(null);
    }
  }

  /** The portions to push, and the lane for the first of them; null unless it carries just that. */
  async board(planned: readonly Portion[]): Promise<{ portions: readonly Portion[]; lane: PackLane | null }> {
    const lane = await this.#lane;
    const portions = longer(planned, this.context.portionSize);
    if (lane !== null && isSame(lane.updates, portions[0] ?? [])) return { portions, lane };
    lane?.abort();
    return { portions: planned, lane: null };
  }

  /** Ends what was not pushed. */
  close(): void {
    this.#tell(null);
    // That it could not be opened is told to whoever wrote into it.
    this.#lane?.then((lane) => lane?.abort()).catch(() => undefined);
  }

  async #open(): Promise<PackLane | null> {
    const state = await this.#forge;
    if (state === null) return null;
    const { forge, portionSize, signal } = this.context;
    const { refs, defaultBranch } = this.chosen;
    const created = [...refs].map(([ref, newOid]): RefUpdate => ({ ref, oldOid: null, newOid, action: 'created' }));
    const [updates = []] = longer(portionUpdates(created, defaultBranch, portionSize), portionSize);
    return forge.openLane({ project: state.project, updates, signal });
  }
}

type Portion = readonly RefUpdate[];

/** The first ones in one; a default branch that has to go alone, which is a portion that is not full, still does. */
function longer(portions: readonly Portion[], portionSize: number): readonly Portion[] {
  const count = (portions[0]?.length ?? 0) < portionSize ? 1 : maxPortions;
  return [portions.slice(0, count).flat(), ...portions.slice(count)];
}

function isSame(some: Portion, others: Portion): boolean {
  if (some.length !== others.length) return false;
  return some.every(({ ref, oldOid, newOid }, at) => {
    const other = others[at];
    return other?.ref === ref && other.oldOid === oldOid && other.newOid === newOid;
  });
}
