import { toHeadwaterError } from '../domain/errors';
import type { RefName } from '../domain/git-ref';
import type { Forge } from '../ports/forge';
import { noteForeignPush, type ForeignPushDeps } from './note-foreign-push';
import { reconcileProject, type ReconcileDeps } from './reconcile-project';

/** What a delivery of the forge's webhook is about; a hint to look, and no more. */
export interface ForgeHint {
  readonly repoId: number;
  /** Says that the project is about to be deleted: the forge tells it before it does so. */
  readonly isDeletion: boolean;
  /** Login of whoever caused it. */
  readonly sender: string | null;
  /** What was pushed, made or deleted. */
  readonly refs: readonly RefName[];
}

/** Follows hints by looking at the project in the forge. Lossy: the reconcile pass finds what was missed. */
export interface ForgeNews {
  hear(hint: ForgeHint): void;
  /** Hears no more, and waits for what has begun. */
  close(): Promise<void>;
}

export interface ForgeNewsDeps extends ReconcileDeps, Pick<ForeignPushDeps, 'policy'> {
  readonly forge: ReconcileDeps['forge'] & Pick<Forge, 'account'>;
  /** Hints about one project within this time (ms) are one look; 1 s by default. */
  readonly gatherMs?: number;
  /** When (ms) after a deletion was announced to look whether it has happened. */
  readonly deletionLooksMs?: readonly number[];
}

/** Nobody may have more projects looked at than this at a time; what is over is left to the pass. */
const mostWaiting = 1_000;
/** Hints about one project within one look. */
const mostGathered = 1_000;

export function createForgeNews(deps: ForgeNewsDeps): ForgeNews {
  const { gatherMs = 1_000, deletionLooksMs = [2_000, 10_000, 60_000] } = deps;
  const timers = new Map<string, NodeJS.Timeout>();
  const waiting = new Map<string, ForgeHint[]>();
  const looking = new Set<Promise<void>>();
  let open = true;

  async function look(repoId: number, hints: readonly ForgeHint[]): Promise<void> {
    try {
      const mirror = await deps.store.mirrorOfProject(repoId);
      if (mirror === null) return;
      const account = hints.some(({ sender }) => sender !== null) ? await deps.forge.account() : null;
      // What our own pushes cause is no news (WH-06).
      const news = hints.filter(({ sender }) => sender === null || sender !== account);
      if (news.length === 0) return;
      await reconcileProject(deps, mirror, { isDeletionTold: news.some(({ isDeletion }) => isDeletion) });
      await noteForeignPush(
        deps,
        mirror,
        news.flatMap(({ refs }) => refs),
      );
    } catch (thrown) {
      deps.log.info({ repoId, code: toHeadwaterError(thrown).code }, 'news of the forge could not be followed yet');
    }
  }

  function later(key: string, hint: ForgeHint, delayMs: number): void {
    const known = waiting.get(key);
    if (known !== undefined && known.length < mostGathered) known.push(hint);
    if (known !== undefined || timers.size >= mostWaiting) return;
    const gathered = [hint];
    waiting.set(key, gathered);
    const timer = setTimeout(() => {
      timers.delete(key);
      waiting.delete(key);
      const one = look(hint.repoId, gathered).finally(() => looking.delete(one));
      looking.add(one);
    }, delayMs);
    timers.set(key, timer);
  }

  return {
    hear(hint) {
      if (!open) return;
      if (!hint.isDeletion) return later(`${hint.repoId}`, hint, gatherMs);
      for (const delayMs of deletionLooksMs) later(`${hint.repoId} gone ${delayMs}`, hint, delayMs);
    },
    async close() {
      open = false;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      await Promise.all(looking);
    },
  };
}
