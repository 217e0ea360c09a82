import { utils } from 'ssh2';
import { Secret } from '../../../domain/credentials';
import type { SshKeyType } from '../../../domain/mirror-ssh';
import type { NewSshKey } from '../../../ports/ssh';

type KeyPair = ReturnType<typeof utils.generateKeyPairSync>;

/** A key pair in OpenSSH's formats, without a passphrase: it is sealed before it is stored. */
export async function generateKey(type: SshKeyType, comment: string): Promise<NewSshKey> {
  for (;;) {
    const pair = await generate(type, comment);
    // One in two hundred of ssh2's ed25519 keys is malformed: it loses a zero at the start of the private half.
    if (isSound(pair)) return { type, publicKey: pair.public.trim(), privateKey: new Secret(pair.private) };
  }
}

function generate(type: SshKeyType, comment: string): Promise<KeyPair> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, pair: KeyPair): void => (error === null ? resolve(pair) : reject(error));
    if (type === 'rsa') utils.generateKeyPair('rsa', { bits: 4096, comment }, done);
    else utils.generateKeyPair('ed25519', { comment }, done);
  });
}

/** What the private half signs, the public half must confirm. */
function isSound(pair: KeyPair): boolean {
  const [publicHalf, privateHalf] = [utils.parseKey(pair.public), utils.parseKey(pair.private)];
  if (publicHalf instanceof Error || privateHalf instanceof Error) return false;
  const message = Buffer.from('probe');
  const signature: unknown = privateHalf.sign(message);
  return Buffer.isBuffer(signature) && publicHalf.verify(message, signature);
}
