import { shortName } from '../../domain/git-ref';
import type { Mirror } from '../../domain/mirror';
import { visibilityWarning } from '../../domain/project-visibility';
import { isComplete, type Run } from '../../domain/run';
import { tokenWarning } from '../../domain/token-expiry';
import type { MirrorAnswer } from './answers/mirror';
import type { RunAnswer } from './answers/run';
import { presentOptions, presentSync } from './option-fields';
import { isoTime, presentFault, presentOutcome, timeText } from './present-values';
import { presentHook } from './present-hook';
import { presentNotify } from './present-notify';
import { presentSsh } from './present-ssh';

/** What the API says of a run. Times are ISO 8601 or null. */
export function presentRun(run: Run): RunAnswer {
  return {
    id: run.id,
    cause: run.cause,
    status: run.status,
    queued_at: timeText(run.queuedAt),
    started_at: isoTime(run.startedAt),
    finished_at: isoTime(run.finishedAt),
    error: presentFault(run.error),
    counts: run.counts,
    complete: run.counts === null ? null : isComplete(run.counts),
    received_bytes: run.receivedBytes,
    sent_bytes: run.sentBytes,
  };
}

/** What the API says of a mirror, in GitLab's field names where GitLab has one. No secret ever comes back. `baseUrl`: of this server. */
export function presentMirror(
  mirror: Mirror,
  activeRun: Run | null,
  baseUrl: string,
  now = Date.now(),
): Omit<MirrorAnswer, 'upstream_blocked_until'> {
  return {
    id: mirror.id,
    project: { id: mirror.repoId, full_name: mirror.fullName },
    url: mirror.url,
    enabled: mirror.enabled,
    ...presentOptions(mirror.options),
    auth_user: mirror.authUser,
    has_password: mirror.sealedPassword !== null,
    token_expires_at: isoTime(mirror.tokenExpiresAt),
    token_warning: presentFault(tokenWarning(mirror, now)),
    ...presentSsh(mirror.ssh),
    update_status: mirror.status,
    last_error: presentFault(mirror.lastError),
    last_update_started_at: isoTime(mirror.lastStartedAt),
    last_update_at: isoTime(mirror.lastFinishedAt),
    last_successful_update_at: isoTime(mirror.lastSuccessAt),
    upstream_changed_at: isoTime(mirror.activity?.changedAt ?? null),
    next_update_at: isoTime(mirror.nextUpdateAt),
    maintainer: mirror.maintainer?.login ?? null,
    visibility_warning: presentFault(visibilityWarning(mirror)),
    failures: mirror.failures,
    paused: mirror.pause !== null,
    paused_reason: mirror.pause?.reason ?? null,
    paused_by: mirror.pause?.by ?? null,
    paused_at: isoTime(mirror.pause?.at ?? null),
    upstream_default_branch: mirror.upstreamDefaultBranch === null ? null : shortName(mirror.upstreamDefaultBranch),
    active_run: activeRun === null ? null : presentRun(activeRun),
    last_counts: mirror.lastCounts,
    ...presentSync(mirror, now),
    webhook: presentHook(mirror, baseUrl),
    ...presentNotify(mirror.notify),
  };
}

export { presentFault, presentOutcome };
