import { createHash } from 'node:crypto';
import { utils, type ServerHostKeyAlgorithm } from 'ssh2';
import type { HostKey } from '../../../domain/mirror-ssh';

/** Host key types that can be pinned, and how a server may sign with them. SHA-1 is not among it. */
export const hostKeyAlgorithms: ReadonlyMap<string, readonly ServerHostKeyAlgorithm[]> = new Map([
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
]);

/** What is offered to a server: nothing but what the pinned keys can sign (SEC-07). */
export function algorithmsFor(hostKeys: readonly Pick<HostKey, 'type'>[]): ServerHostKeyAlgorithm[] {
  return [...new Set(hostKeys.flatMap(({ type }) => hostKeyAlgorithms.get(type) ?? []))];
}

/** A host key from the bytes that a server sends. */
export function hostKeyOf(blob: Buffer): HostKey {
  return {
    type: blob.toString('latin1', 4, 4 + Math.min(blob.readUInt32BE(0), 64)),
    key: blob.toString('base64'),
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
  };
}

/** "[host] type base64 [comment]"; null when there is no such key in it. */
export function readHostKey(text: string): HostKey | null {
  const match = /(?:^|\s)((?:ssh|ecdsa)-[a-z0-9-]+)\s+([A-Za-z0-9+/]{40,4000}={0,2})(?:\s|$)/.exec(text.trim());
  if (match === null || text.trim().startsWith('@')) return null;
  const [, type = '', base64 = ''] = match;
  if (!hostKeyAlgorithms.has(type)) return null;
  const parsed = utils.parseKey(`${type} ${base64}`);
  if (parsed instanceof Error || parsed.isPrivateKey()) return null;
  const key = hostKeyOf(parsed.getPublicSSH());
  return key.type === type && key.key === base64 ? key : null;
}
