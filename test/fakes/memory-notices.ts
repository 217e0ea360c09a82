import { HeadwaterError } from '../../src/domain/errors';
import type { MirrorNotice } from '../../src/domain/events';
import type { Notices } from '../../src/ports/notices';

type Listener = (notice: MirrorNotice) => void;

/** Delivers at once and in order, and remembers everything that was published. */
export class MemoryNotices implements Notices {
  /** Set to have `ping` fail. */
  down = false;
  readonly published: { readonly mirrorId: string; readonly notice: MirrorNotice }[] = [];
  readonly #listeners = new Map<string, Set<Listener>>();

  publish(mirrorId: string, notice: MirrorNotice): void {
    this.published.push({ mirrorId, notice });
    for (const listener of [...(this.#listeners.get(mirrorId) ?? [])]) listener(notice);
  }

  async subscribe(mirrorId: string, listener: Listener): Promise<() => void> {
    const listeners = this.#listeners.get(mirrorId) ?? new Set<Listener>();
    this.#listeners.set(mirrorId, listeners);
    // A wrapper of its own, so that one function may listen twice.
    const entry: Listener = (notice) => listener(notice);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  of(mirrorId: string): MirrorNotice[] {
    return this.published.filter((entry) => entry.mirrorId === mirrorId).map((entry) => entry.notice);
  }

  async ping(): Promise<void> {
    if (this.down) throw new HeadwaterError('queue_unavailable');
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }
}
