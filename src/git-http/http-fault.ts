import type { HeadwaterError } from '../domain/errors';

/**
 * What went wrong between us and a git server, before it has a code: the same fault means one thing at an upstream and
 * another at the forge, so each adapter translates. Texts are raw: cut them to size and scrub them before showing.
 */
export type HttpFault =
  /** An answer other than 200. `text` is the start of its body. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly text: string;
      readonly retryAfterMs: number | undefined;
    }
  /** A redirect, which is never followed. `target` is the repository address that it leads to, without user information. */
  | { readonly kind: 'redirect'; readonly target: string }
  /** An answer that is not of git's smart HTTP protocol. */
  | { readonly kind: 'not_git'; readonly why: string }
  /** An `ERR` line in place of what was asked for. */
  | { readonly kind: 'refused'; readonly text: string }
  /** A repository of a kind that is not supported. */
  | { readonly kind: 'unsupported'; readonly feature: 'sha256' | 'shallow' }
  /** The answer ended too early. */
  | { readonly kind: 'broken_off'; readonly phase: HttpPhase }
  /** The server moved nothing for the idle time-out, in ms, and it was its turn. */
  | { readonly kind: 'stalled'; readonly phase: HttpPhase; readonly idleTimeoutMs: number }
  | { readonly kind: 'timeout'; readonly totalTimeoutMs: number }
  | { readonly kind: 'too_large'; readonly limit: number }
  /** DNS, TCP or TLS failed, or the answer is not HTTP. An error that has a code already comes through as it is. */
  | { readonly kind: 'transport'; readonly error: NodeJS.ErrnoException };

/** Reads as "… while <phase>". */
export type HttpPhase =
  'connecting' | 'signing in' | 'listing refs' | 'sending' | 'waiting for the answer' | 'receiving data';

export type TranslateFault = (fault: HttpFault) => HeadwaterError;
