import type { PushMirror, PushMirrorCapabilities } from '../../ports/push-mirrors';
import { showInterval } from '../../domain/update-interval';
import type { PushCapabilitiesAnswer, PushMirrorAnswer } from './answers/push-mirror';
import { isoTime } from './present-values';

/** What the API says of one of the forge's push mirrors. */
export function presentPushMirror(mirror: PushMirror): PushMirrorAnswer {
  return {
    name: mirror.name,
    url: mirror.url,
    interval: mirror.intervalMs === 0 ? null : showInterval(mirror.intervalMs),
    sync_on_commit: mirror.syncOnCommit,
    branch_filter: mirror.branchFilter,
    ssh_public_key: mirror.publicKey,
    created_at: isoTime(mirror.createdAt),
    last_update_at: isoTime(mirror.lastUpdateAt),
    last_error: mirror.lastError,
  };
}

/** What this forge's push mirrors can do; the last two are the same for all forges so far. */
export function presentCapabilities(capabilities: PushMirrorCapabilities): PushCapabilitiesAnswer {
  return { use_ssh: capabilities.ssh, branch_filter: capabilities.branchFilter, edit: false, sync_one: false };
}
