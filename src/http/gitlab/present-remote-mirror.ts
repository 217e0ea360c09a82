import { createHash } from 'node:crypto';
import type { PushMirror } from '../../ports/push-mirrors';
import { isoTime } from '../api/present-values';
import type { GitlabRemoteMirror } from './gitlab-answers';

/** GitLab knows a mirror by a number, the forge by a name: 48 bits of the name's digest, which every client can hold. */
export function remoteMirrorId(name: string): number {
  return createHash('sha256').update(name).digest().readUIntBE(0, 6);
}

/**
 * GitLab's answer, field by field. The forge pushes all branches and overwrites, does not say when a push began, and never
 * tells the credentials, so there is nothing to blot out in the address.
 */
export function presentRemoteMirror(mirror: PushMirror): GitlabRemoteMirror {
  const failed = mirror.lastError !== null;
  const finished = mirror.lastUpdateAt === null ? 'none' : 'finished';
  return {
    id: remoteMirrorId(mirror.name),
    enabled: true,
    url: mirror.url,
    auth_method: mirror.publicKey === null ? 'password' : 'ssh_public_key',
    last_error: mirror.lastError,
    last_successful_update_at: failed ? null : isoTime(mirror.lastUpdateAt),
    last_update_at: isoTime(mirror.lastUpdateAt),
    last_update_started_at: null,
    update_status: failed ? 'failed' : finished,
    only_protected_branches: false,
    keep_divergent_refs: false,
    mirror_branch_regex: null,
    host_keys: [],
  };
}
