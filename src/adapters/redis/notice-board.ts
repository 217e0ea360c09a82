import type { MirrorNotice } from '../../domain/events';
import type { Logger } from '../../ports/logger';

type Listener = (notice: MirrorNotice) => void;

/** Who listens to which mirror in this process. */
export interface NoticeBoard {
  /** Answers how to leave, which tells whether somebody is left. */
  join(mirrorId: string, listener: Listener): () => 'last' | 'not last';
  /** A listener that raises does not keep the notice from the others. */
  tell(mirrorId: string, notice: MirrorNotice): void;
  clear(): void;
}

export function createNoticeBoard(logger: Logger): NoticeBoard {
  const listenersOf = new Map<string, Set<Listener>>();

  return {
    join: (mirrorId, listener) => {
      const listeners = listenersOf.get(mirrorId) ?? new Set<Listener>();
      listenersOf.set(mirrorId, listeners);
      // A wrapper of its own, so that one function may listen twice and each leaves alone.
      const entry: Listener = (notice) => listener(notice);
      listeners.add(entry);
      return () => {
        if (!listeners.delete(entry) || listeners.size > 0) return 'not last';
        if (listenersOf.get(mirrorId) === listeners) listenersOf.delete(mirrorId);
        return 'last';
      };
    },

    tell: (mirrorId, notice) => {
      for (const listener of [...(listenersOf.get(mirrorId) ?? [])]) {
        try {
          listener(notice);
        } catch (thrown) {
          logger.error({ err: thrown, mirrorId }, 'A listener failed on a notice');
        }
      }
    },

    clear: () => listenersOf.clear(),
  };
}
