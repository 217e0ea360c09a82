import type { LogDestination } from '../adapters/log/create-logger';
import type { CliApp, Role } from '../cli/cli-deps';
import type { HookPolicy } from '../domain/upstream-hook';
import type { Forge } from '../ports/forge';
import type { Notices } from '../ports/notices';
import type { ObjectCache } from '../ports/object-cache';
import type { RunQueue } from '../ports/run-queue';

export interface ComposeOptions {
  /** web serves the API, worker does the runs; with neither, only what the command line needs is opened. */
  readonly roles: readonly Role[];
  /** Standard output (1) by default. */
  readonly logTo?: LogDestination;
  /** The program of the fetch child; by default that of this build. */
  readonly fetchChildEntry?: string;
}

/** Everything, built and running. */
export interface App extends CliApp {
  readonly queue: RunQueue;
  readonly forge: Forge;
  readonly notices: Notices;
  readonly cache: ObjectCache;
  /** Where the HTTP server listens; null without a role. */
  readonly url: string | null;
  /** Where clients reach it, as far as that is known. */
  readonly publicUrl: () => string;
  readonly hookPolicy: HookPolicy;
  /** Takes no more work, gives runs their grace, and lets go of everything in reverse order. Idempotent. */
  close(): Promise<void>;
}
