import type { Secret } from '../domain/credentials';

/**
 * Seals secrets for the database. `context` names what the secret belongs to (mirror, origin, user); a sealed value that
 * was moved to another record does not open.
 */
export interface SecretBox {
  seal(secret: Secret, context: string): string;
  /** Raises secret_unreadable. */
  open(sealed: string, context: string): Secret;
}
