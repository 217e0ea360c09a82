import { z } from 'zod';
import type { SshKeyType } from '../../../domain/mirror-ssh';
import { answer } from './answer';
import { time } from './values';

export const sshKeyTypes = ['ed25519', 'rsa'] as const satisfies readonly SshKeyType[];

export const hostKey = z
  .strictObject({
    type: z.string().describe('As in known_hosts: ssh-ed25519, ecdsa-sha2-nistp256, ssh-rsa …'),
    fingerprint_sha256: z.string().describe('SHA256: and base64, as ssh-keygen prints it.'),
    key: z.string().describe('The key in base64, as in known_hosts.'),
  })
  .describe('A key by which an SSH server proves who it is.');
export type HostKeyAnswer = z.infer<typeof hostKey>;

const pinnedHostKey = hostKey.extend({
  confirmed_at: time.describe('When somebody vouched for it.'),
  confirmed_by: z.string().nullable().describe('Account in the forge; null: the admin on the server.'),
});

/** The SSH side of a mirror: never a private key. */
export const sshAnswers = {
  ssh_public_key: z
    .string()
    .nullable()
    .describe('To be installed at the upstream as a deploy key that may read; null: not an ssh address.'),
  ssh_key_type: z.enum(sshKeyTypes).nullable().describe('Kind of that key; null: not an ssh address.'),
  ssh_previous_public_key: z
    .string()
    .nullable()
    .describe('The key before, tried as well until the new one has worked; null: there is none.'),
  ssh_host_keys: z
    .array(pinnedHostKey)
    .describe('Confirmed host keys. Only a server that has one of them is talked to.'),
  ssh_seen_host_keys: z.array(hostKey).describe('Host keys that the upstream showed and nobody has confirmed.'),
};

export type SshAnswer = z.infer<z.ZodObject<typeof sshAnswers, z.core.$strict>>;

export const seenHostKeys = answer(
  'The host keys that the upstream showed just now; none is trusted by that.',
  z.array(hostKey),
);
