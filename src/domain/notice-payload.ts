import type { Fault } from './errors';
import type { Mirror } from './mirror';
import type { NoticeType } from './mirror-notify';
import { changesOf, type Happened } from './owner-notice';
import type { Run } from './run';

/** Receivers are no place for 50,000 refs; the run in the history has them all. */
const mostChanges = 200;

/** The message of a webhook, in the form of Standard Webhooks and the field names of the API. */
export function noticePayload(type: NoticeType, happened: Happened, at: number): string {
  const { after, run, outcomes } = happened;
  const changes = type === 'mirror.updated' ? changesOf(outcomes) : null;
  return JSON.stringify({
    type,
    timestamp: isoTime(at),
    data: {
      mirror: mirrorData(after),
      run: run === null ? null : runData(run),
      ...(changes === null
        ? {}
        : {
            changes: changes
              .slice(0, mostChanges)
              .map(({ ref, oldOid, newOid, action }) => ({ ref, old: oldOid, new: newOid, action })),
            changes_total: changes.length,
          }),
      ...(type === 'mirror.failed' || type === 'mirror.paused' ? trouble(after, run) : {}),
    },
  });
}

function mirrorData({ id, repoId, fullName, url }: Mirror) {
  return { id, project: { id: repoId, full_name: fullName }, url };
}

function runData({ id, cause, status, startedAt, finishedAt, counts }: Run) {
  return { id, cause, status, started_at: isoTime(startedAt), finished_at: isoTime(finishedAt), counts };
}

function trouble({ failures, pause, nextUpdateAt, lastError }: Mirror, run: Run | null) {
  return {
    error: faultData(run === null ? lastError : run.error),
    failures,
    paused_reason: pause?.reason ?? null,
    paused_by: pause?.by ?? null,
    next_update_at: isoTime(nextUpdateAt),
  };
}

function faultData(fault: Fault | null) {
  return fault === null ? null : { code: fault.code, message: fault.message, advice: fault.advice };
}

function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
