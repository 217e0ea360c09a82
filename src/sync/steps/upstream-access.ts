import { HeadwaterError } from '../../domain/errors';
import { checkPlace } from '../../domain/policy';
import type { Mirror } from '../../domain/mirror';
import { withSeenHostKeys, withWorkingKey, type HostKey } from '../../domain/mirror-ssh';
import { parseUpstreamUrl } from '../../domain/upstream-url';
import type { SecretBox } from '../../ports/secret-box';
import type { UpstreamAccess } from '../../ports/upstream';
import { secretContext, sshKeyContext } from '../secret-context';
import type { SyncContext } from '../sync-context';

/**
 * Hands over what it takes to reach the upstream, and records what was learnt of SSH keys, also when the work fails. The
 * stored address is parsed and checked anew at every run (SSRF-07), and held to what the admins allow now.
 * Raises url_*, host_not_allowed, scheme_not_allowed, secret_unreadable, upstream_host_key_unconfirmed.
 */
export async function withUpstream<T>(context: SyncContext, work: (access: UpstreamAccess) => Promise<T>): Promise<T> {
  const learnt = new Learnt();
  await holdToHosts(context);
  try {
    return await work(upstreamAccess(context.secrets, context.claim.mirror, learnt));
  } finally {
    await learnt.record(context);
  }
}

/** What an upstream names itself, such as where its LFS objects are, follows from it and is not asked about. */
async function holdToHosts({ store, claim: { mirror } }: SyncContext): Promise<void> {
  const policy = await store.policy();
  checkPlace(policy, parseUpstreamUrl(mirror.url).url.href);
  const { lfs, lfsUrl } = mirror.options;
  if (lfs && lfsUrl !== null) checkPlace(policy, lfsUrl);
}

/** What it takes to reach the upstream of a mirror. Raises url_*, secret_unreadable, upstream_host_key_unconfirmed. */
export function upstreamAccess(
  secrets: Pick<SecretBox, 'open'>,
  mirror: Pick<Mirror, 'id' | 'url' | 'authUser' | 'sealedPassword' | 'ssh'>,
  learnt = new Learnt(),
): UpstreamAccess {
  const { url } = parseUpstreamUrl(mirror.url);
  const { ssh, sealedPassword, authUser } = mirror;
  if (ssh === null) {
    if (sealedPassword === null) return { url, credentials: null, ssh: null };
    const password = secrets.open(sealedPassword, secretContext(mirror));
    return { url, credentials: { user: authUser ?? '', password }, ssh: null };
  }
  if (ssh.hostKeys.length === 0) throw new HeadwaterError('upstream_host_key_unconfirmed', { host: url.host });
  const keys = ssh.keys.map(({ publicKey, sealedPrivateKey }) => ({
    publicKey,
    privateKey: secrets.open(sealedPrivateKey, sshKeyContext(mirror)),
  }));
  return {
    url,
    credentials: null,
    ssh: {
      keys,
      hostKeys: ssh.hostKeys,
      onKeyWorked: (publicKey) => (learnt.workingKey = publicKey),
      onHostKeyRefused: (seen) => (learnt.refusedHostKey = seen),
    },
  };
}

/** What a connection taught about keys. */
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
