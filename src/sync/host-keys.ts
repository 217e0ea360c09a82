import { HeadwaterError, type Fault } from '../domain/errors';
import { isHeldByPause, type Mirror } from '../domain/mirror';
import { withSeenHostKeys, type HostKey, type PinnedHostKey } from '../domain/mirror-ssh';
import { parseUpstreamUrl } from '../domain/upstream-url';
import type { Ssh } from '../ports/ssh';
import type { Store } from '../ports/store';
import { announce, recordRequest, type RequestDeps } from './request-sync';
import { supersede } from './supersede';

export interface DetectDeps {
  readonly store: Pick<Store, 'transaction'>;
  readonly ssh: Pick<Ssh, 'detectHostKeys'>;
}

/**
 * Asks the upstream's server for its host keys and remembers them, so that a person can confirm a fingerprint. Trusts none.
 * Raises mirror_not_ssh, mirror_not_found and what Ssh.detectHostKeys raises.
 */
export async function detectHostKeys(
  deps: DetectDeps,
  mirror: Mirror,
  signal: AbortSignal,
): Promise<readonly HostKey[]> {
  const { url } = parseUpstreamUrl(mirror.url);
  if (url.ssh === null) throw new HeadwaterError('mirror_not_ssh');
  const seen = await deps.ssh.detectHostKeys(url, signal);
  await deps.store.transaction(async (tx) => {
    const current = await tx.lockMirror(mirror.id);
    if (current === null) throw new HeadwaterError('mirror_not_found');
    // It may have got another address meanwhile.
    if (current.ssh === null || parseUpstreamUrl(current.url).url.origin !== url.origin) return;
    await tx.saveMirror({ ...current, ssh: withSeenHostKeys(current.ssh, seen) });
  });
  return seen;
}

export interface Accepted {
  readonly mirror: Mirror;
  /** queue_unavailable, when the run is recorded but starts only when Redis is back. */
  readonly warning: Fault | null;
}

/**
 * Trusts one host key that was seen, in place of all that were trusted before, and starts a run unless somebody paused the mirror.
 * Raises input_invalid for a fingerprint that was not seen, mirror_not_ssh, mirror_not_found.
 */
export async function acceptHostKey(
  deps: RequestDeps,
  mirrorId: string,
  fingerprint: string,
  confirmedBy: string | null,
): Promise<Accepted> {
  const done = await deps.store.transaction(async (tx) => {
    const current = await tx.lockMirror(mirrorId);
    if (current === null) throw new HeadwaterError('mirror_not_found');
    if (current.ssh === null) throw new HeadwaterError('mirror_not_ssh');
    const seen = current.ssh.seenHostKeys.find((key) => key.fingerprint === fingerprint.trim().replace(/=+$/, ''));
    if (seen === undefined) throw notSeen();
    const pinned: PinnedHostKey = { ...seen, confirmedAt: await tx.now(), confirmedBy };
    const changed: Mirror = {
      ...current,
      ssh: { ...current.ssh, hostKeys: [pinned] },
      revision: current.revision + 1,
      deliveredDigest: null,
    };
    await tx.saveMirror(await supersede(tx, deps.policy, changed));
    const requested =
      current.enabled && !isHeldByPause(current, 'settings')
        ? await recordRequest(tx, deps, mirrorId, 'settings')
        : null;
    return { mirror: (await tx.mirror(mirrorId)) ?? changed, requested };
  });
  const requested = done.requested === null ? null : await announce(deps, done.requested, 'settings');
  return { mirror: done.mirror, warning: requested?.warning ?? null };
}

function notSeen(): HeadwaterError {
  const fieldFaults = [{ field: 'fingerprint', message: 'is not of a host key that was seen; have the keys detected' }];
  return new HeadwaterError('input_invalid', { fields: 'fingerprint' }, { fieldFaults });
}
