import type { Secret } from '../domain/credentials';

/**
 * Seals secrets for the database. `context` names what the secret belongs to (mirror, origin, user); a sealed value that
 * was moved to another record does not open.
 */
export interface SecretBox {
  seal(secret: Secret, context: string): string;
  /** Raises secret_unreadable. */
  open(sealed: string, context: string): Secret;
  /** The place in the list of the key that it says it was sealed with, 0 for the one that seals; null: no key of the list. */
  keyOf(sealed: string): number | null;
}
