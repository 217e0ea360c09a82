import type { Logger } from '../../ports/logger';

export interface Refusals {
  /** What the queue met, whatever it was. */
  note(error: Error): void;
  /** What Redis refused lately, in its own words; null: nothing. */
  latest(): string | null;
  /** A job was delivered, so it refuses nothing any more. */
  forget(): void;
}

/** Longer than the longest time after which Bull tries again, ms. */
const latelyMs = 12_000;

/**
 * A Redis that lets the queue connect and yet refuses what it needs delivers nothing, though it answers. The queue tries on
 * by itself; this tells meanwhile. One line per outage.
 */
export function watchRefusals(logger: Logger, now: () => number = () => performance.now()): Refusals {
  let last: { readonly at: number; readonly why: string } | null = null;
  const latest = (): string | null => (last !== null && now() - last.at < latelyMs ? last.why : null);
  return {
    note: ({ message }) => {
      if (!isRefused(message)) return;
      if (latest() === null) logger.warn({ why: message }, 'Redis refuses what the queue needs; it goes on trying');
      last = { at: now(), why: message };
    },
    latest,
    forget: () => (last = null),
  };
}

/** Whether these are the words of a server that does not let this user do that, by itself or within a script. */
export function isRefused(message: string): boolean {
  return /NOPERM|can't run this command/.test(message);
}
