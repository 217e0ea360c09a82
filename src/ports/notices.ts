import type { MirrorNotice } from '../domain/events';

/** Carries notices from the worker to whoever watches, in whichever process. Lossy; only `ping` raises. */
export interface Notices {
  publish(mirrorId: string, notice: MirrorNotice): void;
  /** Answers how to stop. */
  subscribe(mirrorId: string, listener: (notice: MirrorNotice) => void): Promise<() => void>;
  /** Raises queue_unavailable while nothing would arrive. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
