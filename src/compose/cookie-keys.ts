import { hkdfSync } from 'node:crypto';
import { Secret } from '../domain/credentials';

/** Keys that sign the cookies of sessions, made from the sealing keys so that all web processes have the same. */
export function cookieKeysOf(sealingKeys: readonly Buffer[]): Secret[] {
  return sealingKeys.map(
    (key) => new Secret(Buffer.from(hkdfSync('sha256', key, '', 'session cookies', 32)).toString('hex')),
  );
}
