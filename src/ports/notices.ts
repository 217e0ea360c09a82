import type { MirrorNotice } from '../domain/events';

/** Carries notices from the worker to whoever watches, in whichever process. Lossy; never raises. */
export interface Notices {
  publish(mirrorId: string, notice: MirrorNotice): void;
  /** Answers how to stop. */
  subscribe(mirrorId: string, listener: (notice: MirrorNotice) => void): Promise<() => void>;
  close(): Promise<void>;
}
