import type { Mirror } from '../domain/mirror';
import { hookContext } from './hook-secret';
import { notifyContext } from './notices/notify-settings';
import { secretContext, sshKeyContext } from './secret-context';

/** What is stored sealed of a mirror, and outlives its sessions. */
export type SealedKind = 'password' | 'ssh_key' | 'webhook_secret' | 'notify_secret';

/** Answers what is to stand in place of a sealed value; the value itself where it is to stay. */
export type Replace = (sealed: string, context: string, kind: SealedKind) => string;

/** The mirror with every one of its sealed values replaced. Whoever adds another kind of them adds it here. */
export function replaceSealed(mirror: Mirror, replace: Replace): Mirror {
  const { sealedPassword, ssh, hook, notify } = mirror;
  const secrets = <T extends { readonly sealed: string }>(list: readonly T[], context: string, kind: SealedKind): T[] =>
    list.map((secret) => ({ ...secret, sealed: replace(secret.sealed, context, kind) }));
  return {
    ...mirror,
    sealedPassword: sealedPassword === null ? null : replace(sealedPassword, secretContext(mirror), 'password'),
    ssh:
      ssh === null
        ? null
        : {
            ...ssh,
            keys: ssh.keys.map((key) => ({
              ...key,
              sealedPrivateKey: replace(key.sealedPrivateKey, sshKeyContext(mirror), 'ssh_key'),
            })),
          },
    hook:
      hook === null
        ? null
        : { ...hook, secrets: secrets(hook.secrets, hookContext(mirror.id, hook.id), 'webhook_secret') },
    notify: { ...notify, secrets: secrets(notify.secrets, notifyContext(mirror.id), 'notify_secret') },
  };
}
