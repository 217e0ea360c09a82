import { Secret } from '../../src/domain/credentials';
import { HeadwaterError } from '../../src/domain/errors';
import type { SecretBox } from '../../src/ports/secret-box';

/** Hides nothing, but keeps the binding to the context. */
export class PlainSecretBox implements SecretBox {
  seal(secret: Secret, context: string): string {
    return JSON.stringify({ context, secret: secret.reveal() });
  }

  open(sealed: string, context: string): Secret {
    const record = parse(sealed);
    if (record === null || record.context !== context) throw new HeadwaterError('secret_unreadable');
    return new Secret(record.secret);
  }

  keyOf(sealed: string): number | null {
    return parse(sealed) === null ? null : 0;
  }
}

function parse(sealed: string): { context: string; secret: string } | null {
  try {
    return JSON.parse(sealed) as { context: string; secret: string };
  } catch {
    return null;
  }
}
