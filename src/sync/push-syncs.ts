import { setTimeout as delay } from 'node:timers/promises';
import type { Secret } from '../domain/credentials';
import { toHeadwaterError } from '../domain/errors';
import type { ProjectName } from '../ports/forge';
import type { Logger } from '../ports/logger';
import type { PushMirrors } from '../ports/push-mirrors';

export type PushSyncState = 'running' | 'finished' | 'failed';

/**
 * Syncs of push mirrors that are under way, one per project. The forge breaks one off when nobody waits for its answer, so
 * somebody must wait, and no caller should have to.
 */
export class PushSyncs {
  readonly #running = new Map<number, Promise<PushSyncState>>();
  readonly #closing = new AbortController();

  constructor(private readonly deps: { readonly pushMirrors: Pick<PushMirrors, 'sync'>; readonly log: Logger }) {}

  /**
   * Starts one unless it is under way, and answers how it ended if it ends within `waitMs`.
   * Raises what PushMirrors.sync raises.
   */
  async sync(token: Secret, project: ProjectName, waitMs: number): Promise<PushSyncState> {
    const running = this.#running.get(project.id) ?? this.#start(token, project);
    const waiting = new AbortController();
    try {
      return await Promise.race([running, delay(waitMs, 'running' as const, { signal: waiting.signal })]);
    } finally {
      waiting.abort();
    }
  }

  /** Breaks off what is under way. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('shutting down'));
    await Promise.allSettled(this.#running.values());
  }

  #start(token: Secret, project: ProjectName): Promise<PushSyncState> {
    const running = this.deps.pushMirrors
      .sync(token, project, this.#closing.signal)
      .then((done): PushSyncState => (done ? 'finished' : 'failed'))
      .finally(() => this.#running.delete(project.id));
    this.#running.set(project.id, running);
    running.catch((thrown: unknown) => {
      const { code } = toHeadwaterError(thrown);
      this.deps.log.warn({ projectId: project.id, code }, 'a sync of push mirrors could not be carried out');
    });
    return running;
  }
}
