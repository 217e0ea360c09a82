import type { CatalogueEntry } from './catalogue-entry';

/** What can go wrong on our side. */
export const ownFaults = {
  fetch_crashed: {
    class: 'crash',
    kind: 'transient',
    message: 'The fetch process died ({why}).',
    advice: 'Nothing was pushed. If it happens again, tell the admin; the upstream may be sending hostile data.',
  },
  fetch_limit: {
    class: 'quota',
    kind: 'user',
    message: 'The fetch went over its limit of {limit}.',
    advice: 'Ask the admin to raise the limit for repositories this large.',
  },
  disk_full: {
    class: 'ours',
    kind: 'transient',
    message: 'The Headwater server has no disk space left.',
    advice: 'The admin must free space in the data folder; nothing was lost.',
  },
  server_exhausted: {
    class: 'ours',
    kind: 'transient',
    message: 'The Headwater server has no {what} left.',
    advice: 'The admin must raise its limit, or let fewer updates run at once; nothing was lost.',
  },
  secret_unreadable: {
    class: 'credentials',
    kind: 'user',
    message: 'The stored password can no longer be read.',
    advice: 'Enter the password again; the admin may have changed HEADWATER_SECRET_KEY.',
  },
  queue_unavailable: {
    class: 'ours',
    kind: 'transient',
    message: 'The job queue (Redis) does not answer.',
    advice: 'The run is recorded and starts by itself when the queue is back; the admin should look at Redis.',
  },
  store_unavailable: {
    class: 'ours',
    kind: 'transient',
    message: 'The database does not answer or is locked.',
    advice: 'Try again in a minute; the admin should look at the database.',
  },
  database_newer: {
    class: 'ours',
    kind: 'user',
    message: 'The database was changed by a newer Headwater ({migrations}).',
    advice: 'Start that version or a later one, or restore the backup of the database that was made before it.',
  },
  worker_lost: {
    class: 'crash',
    kind: 'transient',
    message: 'The worker that ran this sync died.',
    advice: 'Nothing to do; a new run was scheduled.',
  },
  run_timeout: {
    class: 'timeout',
    kind: 'transient',
    message: 'The run took longer than the allowed {seconds} seconds and was stopped.',
    advice: 'Ask the admin to look at the size of the repository and the speed of upstream and forge.',
  },
  run_superseded: {
    class: 'request',
    kind: 'transient',
    message: 'The run was stopped because the mirror was changed, switched off or removed meanwhile.',
    advice: 'Nothing to do.',
  },
  run_stopped: {
    class: 'request',
    kind: 'user',
    message: 'The run was stopped by {by}.',
    advice: 'Nothing to do; what had been pushed by then stays, and the next run goes on from there.',
  },
  internal: {
    class: 'crash',
    kind: 'bug',
    message: 'Something went wrong inside Headwater.',
    advice: 'Nothing was lost. The admin finds the details in the log.',
  },
} as const satisfies Record<string, CatalogueEntry>;
