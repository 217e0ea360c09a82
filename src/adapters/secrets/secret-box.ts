import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import type { SecretBox } from '../../ports/secret-box';

const version = 'v1';
const algorithm = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM with the context as associated data. A record is `v1.<key id>.<nonce>.<ciphertext and tag>`, the last two in
 * base64url. The first key seals; all of them open, so that a key can be replaced while old records remain.
 * Raises config_invalid for a key that is not 32 bytes.
 */
export function createSecretBox(keys: readonly Buffer[]): SecretBox {
  const [sealing] = keys;
  if (sealing === undefined || keys.some((key) => key.length !== keyBytes))
    throw new HeadwaterError('config_invalid', { faults: `a secret key is not ${keyBytes} bytes long` });
  const sealingId = keyId(sealing);
  const keysById = new Map(keys.map((key) => [keyId(key), key]));
  const places = keys.map(keyId);

  return {
    seal: (secret, context) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, sealing, nonce, { authTagLength: tagBytes });
      cipher.setAAD(associatedData(sealingId, context));
      const text = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return [version, sealingId, nonce.toString('base64url'), text.toString('base64url')].join('.');
    },

    open: (sealed, context) => {
      const [recordVersion, id = '', nonceText = '', text = '', ...rest] = sealed.split('.');
      const key = keysById.get(id);
      const nonce = decode(nonceText);
      const bytes = decode(text);
      if (recordVersion !== version || rest.length > 0 || key === undefined) throw unreadable();
      if (nonce?.length !== nonceBytes || bytes === null || bytes.length < tagBytes) throw unreadable();
      try {
        const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
        decipher.setAAD(associatedData(id, context));
        decipher.setAuthTag(bytes.subarray(-tagBytes));
        const plain = Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]);
        return new Secret(plain.toString('utf8'));
      } catch {
        throw unreadable();
      }
    },

    keyOf: (sealed) => {
      const place = places.indexOf(sealed.split('.')[1] ?? '');
      return place < 0 ? null : place;
    },
  };
}

/** Tells keys apart without telling anything of them. */
function keyId(key: Buffer): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}

function associatedData(id: string, context: string): Buffer {
  return Buffer.from(`${version}.${id}.${context}`);
}

/** null unless the text is exactly what encoding gives: Node skips characters that do not belong there. */
function decode(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

function unreadable(): HeadwaterError {
  return new HeadwaterError('secret_unreadable');
}
