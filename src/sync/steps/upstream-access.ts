import { HeadwaterError } from '../../domain/errors';
import { withSeenHostKeys, withWorkingKey, type HostKey, type MirrorSsh } from '../../domain/mirror-ssh';
import { parseUpstreamUrl, type UpstreamUrl } from '../../domain/upstream-url';
import type { SshAccess, UpstreamAccess } from '../../ports/upstream';
import { secretContext, sshKeyContext } from '../secret-context';
import type { SyncContext } from '../sync-context';

/**
 * Hands over what it takes to reach the upstream, and records what was learnt of SSH keys, also when the work fails. The
 * stored address is parsed and checked anew at every run (SSRF-07).
 * Raises url_*, secret_unreadable, upstream_host_key_unconfirmed.
 */
export async function withUpstream<T>(context: SyncContext, work: (access: UpstreamAccess) => Promise<T>): Promise<T> {
  const { mirror } = context.claim;
  const { url } = parseUpstreamUrl(mirror.url);
  if (mirror.ssh === null) return work({ url, credentials: credentialsOf(context), ssh: null });

  const learnt = new Learnt();
  try {
    return await work({ url, credentials: null, ssh: sshAccess(context, url, mirror.ssh, learnt) });
  } finally {
    await learnt.record(context);
  }
}

function credentialsOf({ claim: { mirror }, secrets }: SyncContext): UpstreamAccess['credentials'] {
  if (mirror.sealedPassword === null) return null;
  return { user: mirror.authUser ?? '', password: secrets.open(mirror.sealedPassword, secretContext(mirror)) };
}

function sshAccess(context: SyncContext, url: UpstreamUrl, ssh: MirrorSsh, learnt: Learnt): SshAccess {
  const { mirror } = context.claim;
  if (ssh.hostKeys.length === 0) throw new HeadwaterError('upstream_host_key_unconfirmed', { host: url.host });
  return {
    keys: ssh.keys.map(({ publicKey, sealedPrivateKey }) => ({
      publicKey,
      privateKey: context.secrets.open(sealedPrivateKey, sshKeyContext(mirror)),
    })),
    hostKeys: ssh.hostKeys,
    onKeyWorked: (publicKey) => (learnt.workingKey = publicKey),
    onHostKeyRefused: (seen) => (learnt.refusedHostKey = seen),
  };
}

class Learnt {
  workingKey: string | null = null;
  refusedHostKey: HostKey | null = null;

  /** Writes only what is news. A claim that was lost has its own way of being told. */
  async record(context: SyncContext): Promise<void> {
    const { workingKey, refusedHostKey } = this;
    const superfluous = (context.claim.mirror.ssh?.keys.length ?? 0) > 1 && workingKey !== null;
    if (!superfluous && refusedHostKey === null) return;
    await context.claim.write(async (tx, mirror) => {
      if (mirror.ssh === null) return;
      let ssh = mirror.ssh;
      if (workingKey !== null) ssh = withWorkingKey(ssh, workingKey);
      if (refusedHostKey !== null) ssh = withSeenHostKeys(ssh, [refusedHostKey]);
      await tx.saveMirror({ ...mirror, ssh });
    });
  }
}
