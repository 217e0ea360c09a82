import type { Mirror } from '../domain/mirror';

/** Rows of "mirror show". */
export function describeSsh(mirror: Pick<Mirror, 'ssh'>): [string, string | null][] {
  if (mirror.ssh === null) return [];
  const { keys, hostKeys } = mirror.ssh;
  const trusted = hostKeys.map(({ type, fingerprint }) => `${type} ${fingerprint}`).join(', ');
  return [
    ['public key', keys[0]?.publicKey ?? null],
    ['old key', keys[1]?.publicKey ?? null],
    ['host keys', trusted === '' ? 'none confirmed: see "headwater mirror host-keys"' : trusted],
  ];
}
