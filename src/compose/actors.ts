import { userInfo } from 'node:os';
import type { Actor } from '../domain/audit';

/** What the worker does unasked. */
export const byItself: Actor = { who: null, via: 'clock', from: null };

/** Whoever runs the command line, by the name of the account on the server. */
export function byAdmin(): Actor {
  return { who: accountName(), via: 'cli', from: null };
}

function accountName(): string | null {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return null;
  }
}
