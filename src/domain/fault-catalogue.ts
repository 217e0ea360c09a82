/**
 * Who must act. The kind decides retry, HTTP status and log level:
 * - user: the maintainer or caller must change something;
 * - transient: the same attempt may succeed later;
 * - bug: the operator must look.
 */
export type FaultKind = 'user' | 'transient' | 'bug';

export interface CatalogueEntry {
  readonly kind: FaultKind;
  /** HTTP status when this answers a request; by default the kind's. */
  readonly status?: number;
  readonly message: string;
  readonly advice: string;
}

/** Every code with its sentence and its advice. `{name}` is filled in from the facts of the case. Codes never change meaning. */
export const faultCatalogue = {
  // What a caller sent
  url_invalid: {
    kind: 'user',
    message: 'The upstream address is not a usable URL: {why}.',
    advice: 'Give the address that "git clone" would take, such as https://example.org/group/project.git.',
  },
  url_scheme_forbidden: {
    kind: 'user',
    message: 'Addresses with the scheme "{scheme}" cannot be mirrored.',
    advice: 'Use an https:// or http:// address.',
  },
  url_blocked: {
    kind: 'user',
    message: 'The upstream {host} is at an address that this Headwater may not connect to.',
    advice: 'Use a public address, or ask the admin to add the host to HEADWATER_ALLOWED_UPSTREAMS.',
  },
  url_credentials_ignored: {
    kind: 'user',
    message: 'The user name or password inside the URL was ignored and not stored.',
    advice: 'Send them as auth_user and auth_password.',
  },
  input_invalid: {
    kind: 'user',
    message: 'The request has fields that cannot be used: {fields}.',
    advice: 'See "errors" for each field, correct them and send the request again.',
  },
  body_invalid: { kind: 'user', message: 'The request body is not valid JSON.', advice: 'Send a JSON object.' },
  body_too_large: {
    kind: 'user',
    status: 413,
    message: 'The request body is too large.',
    advice: 'Send only the documented fields.',
  },
  config_invalid: {
    kind: 'user',
    message: 'The configuration has faults: {faults}.',
    advice: 'Correct the settings; "headwater serve --help" lists them all.',
  },

  // Who asks
  token_missing: {
    kind: 'user',
    status: 401,
    message: 'The request carries no access token.',
    advice: 'Send "Authorization: token <forge access token>".',
  },
  token_invalid: {
    kind: 'user',
    status: 401,
    message: 'The forge does not accept this access token.',
    advice: 'Make a new access token in the forge and use that.',
  },
  token_scope_missing: {
    kind: 'user',
    status: 403,
    message: 'The access token lacks the scope {scope}.',
    advice: 'Make an access token that has it.',
  },
  project_not_found: {
    kind: 'user',
    status: 404,
    message: 'There is no such project, or you are not an admin of it.',
    advice: 'Check owner and name, and that you have admin rights on the project.',
  },
  mirror_not_found: {
    kind: 'user',
    status: 404,
    message: 'This project has no pull mirror.',
    advice: 'Create one with PUT and a "url".',
  },
  mirror_disabled: {
    kind: 'user',
    status: 409,
    message: 'The mirror is switched off.',
    advice: 'Switch it on with PUT and "enabled": true.',
  },
  run_not_found: {
    kind: 'user',
    status: 404,
    message: 'This mirror has no such run.',
    advice: 'List the runs to find its id.',
  },
  route_not_found: {
    kind: 'user',
    status: 404,
    message: 'There is nothing at this address.',
    advice: 'Check the path and the method.',
  },

  // The upstream
  upstream_host_unknown: {
    kind: 'transient',
    message: 'The host name {host} could not be resolved.',
    advice: 'Check the spelling of the host name; if it is right, its DNS does not answer at the moment.',
  },
  upstream_unreachable: {
    kind: 'transient',
    message: 'No connection to {host} could be made ({why}).',
    advice: 'Check that the upstream is up and reachable from the Headwater server.',
  },
  upstream_tls: {
    kind: 'user',
    message: 'The TLS certificate of {host} was not accepted ({why}).',
    advice: 'Have the upstream renew or correct its certificate, or have the admin install the CA that signed it.',
  },
  upstream_redirected: {
    kind: 'user',
    message: 'The upstream redirects to {target}, and redirects are not followed.',
    advice: 'If you trust that place, set the mirror to the new address.',
  },
  upstream_auth_required: {
    kind: 'user',
    message: 'The upstream {host} asks for a user name and password.',
    advice: 'Enter the user name and a password or access token for the upstream.',
  },
  upstream_credentials_refused: {
    kind: 'user',
    message: 'The upstream {host} refused the user name and password.',
    advice: 'Enter the password or access token again; it may have expired or been revoked.',
  },
  upstream_forbidden: {
    kind: 'user',
    message: 'The upstream {host} denies access to this repository (403).',
    advice: 'Give the account read access to the upstream repository.',
  },
  upstream_not_found: {
    kind: 'user',
    message: 'The upstream repository was not found on {host}, or the account cannot see it.',
    advice: 'Check the address, and whether the repository is private and needs credentials.',
  },
  upstream_rate_limited: {
    kind: 'transient',
    message: 'The upstream {host} asks us to slow down (429).',
    advice: 'Nothing to do; the next try waits as long as the upstream asked for.',
  },
  upstream_unavailable: {
    kind: 'transient',
    message: 'The upstream {host} answered with the error {status}.',
    advice: 'Nothing to do if it passes; otherwise ask those who run the upstream.',
  },
  upstream_not_git: {
    kind: 'user',
    message: 'There is no git repository at this address of {host}: {why}.',
    advice: 'Give the address that "git clone" takes, not the address of a web page.',
  },
  upstream_truncated: {
    kind: 'transient',
    message: "The upstream's list of refs broke off in the middle.",
    advice: 'Nothing to do if it passes; otherwise a proxy before the upstream may be cutting answers short.',
  },
  upstream_empty: {
    kind: 'user',
    message: 'The upstream repository has no branches and no tags.',
    advice: 'Push something to the upstream; nothing was changed in the project.',
  },
  upstream_sha256: {
    kind: 'user',
    message: 'The upstream is a SHA-256 repository, which forges and Headwater do not support yet.',
    advice: 'Mirror a SHA-1 repository.',
  },
  upstream_stalled: {
    kind: 'transient',
    message: 'The upstream {host} sent nothing for {seconds} seconds while {phase}.',
    advice: 'Nothing to do if it passes; otherwise the upstream or the network is overloaded.',
  },
  upstream_timeout: {
    kind: 'transient',
    message: 'The fetch took longer than the allowed {seconds} seconds.',
    advice: 'Ask the admin to raise HEADWATER_FETCH_TIMEOUT for repositories this large.',
  },
  upstream_too_large: {
    kind: 'user',
    message: 'The upstream sent more than the allowed {limit} bytes.',
    advice: 'Ask the admin to raise HEADWATER_FETCH_MAX_BYTES.',
  },
  upstream_too_many_refs: {
    kind: 'user',
    message: 'The upstream lists more refs than the allowed {limit} bytes of listing.',
    advice: 'Ask the admin to raise HEADWATER_LISTING_MAX_BYTES.',
  },
  upstream_corrupt: {
    kind: 'transient',
    message: 'The upstream sent damaged or incomplete data: {why}.',
    advice: 'Nothing was pushed. If it happens again, have the upstream checked with "git fsck".',
  },
  upstream_changed: {
    kind: 'transient',
    message: 'The upstream changed while it was being fetched.',
    advice: 'Nothing to do; the next try starts from the new state.',
  },
  upstream_refused: {
    kind: 'user',
    message: 'The upstream {host} refused the fetch: {why}.',
    advice: 'Ask those who run the upstream.',
  },

  // Ourselves
  fetch_crashed: {
    kind: 'transient',
    message: 'The fetch process died ({why}).',
    advice: 'Nothing was pushed. If it happens again, tell the admin; the upstream may be sending hostile data.',
  },
  fetch_limit: {
    kind: 'user',
    message: 'The fetch went over its limit of {limit}.',
    advice: 'Ask the admin to raise the limit for repositories this large.',
  },
  disk_full: {
    kind: 'transient',
    message: 'The Headwater server has no disk space left.',
    advice: 'The admin must free space in the data folder; nothing was lost.',
  },
  secret_unreadable: {
    kind: 'user',
    message: 'The stored password can no longer be read.',
    advice: 'Enter the password again; the admin may have changed HEADWATER_SECRET_KEY.',
  },
  queue_unavailable: {
    kind: 'transient',
    message: 'The job queue (Redis) does not answer.',
    advice: 'The run is recorded and starts by itself when the queue is back; the admin should look at Redis.',
  },
  store_unavailable: {
    kind: 'transient',
    message: 'The database does not answer or is locked.',
    advice: 'Try again in a minute; the admin should look at the database.',
  },
  worker_lost: {
    kind: 'transient',
    message: 'The worker that ran this sync died.',
    advice: 'Nothing to do; a new run was scheduled.',
  },
  run_timeout: {
    kind: 'transient',
    message: 'The run took longer than the allowed {seconds} seconds and was stopped.',
    advice: 'Ask the admin to look at the size of the repository and the speed of upstream and forge.',
  },
  run_superseded: {
    kind: 'transient',
    message: 'The run was stopped because the mirror was changed, switched off or removed meanwhile.',
    advice: 'Nothing to do.',
  },
  internal: {
    kind: 'bug',
    message: 'Something went wrong inside Headwater.',
    advice: 'Nothing was lost. The admin finds the details in the log.',
  },

  // The forge
  forge_unreachable: {
    kind: 'transient',
    message: 'The forge does not answer ({why}).',
    advice: 'Nothing to do if it passes; what was fetched is kept.',
  },
  forge_token_refused: {
    kind: 'user',
    status: 503,
    message: "The forge refuses Headwater's own access token.",
    advice: 'The admin must make a new token for the Headwater account and set HEADWATER_FORGE_TOKEN.',
  },
  forge_failed: {
    kind: 'transient',
    message: 'The forge answered with the error {status} while {doing}.',
    advice: 'Nothing to do if it passes; otherwise the admin should look at the log of the forge.',
  },
  forge_project_missing: {
    kind: 'user',
    status: 409,
    message: "The project is gone from the forge, or Headwater's account cannot see it.",
    advice: 'Add the account {account} to the project with write access.',
  },
  forge_project_archived: {
    kind: 'user',
    status: 409,
    message: 'The project is archived, so nothing can be pushed to it.',
    advice: 'Unarchive the project, or remove the mirror.',
  },
  forge_project_is_native_mirror: {
    kind: 'user',
    status: 409,
    message: "The project is one of the forge's own pull mirrors, which is read-only.",
    advice: 'Convert it to a regular repository in the project settings of the forge, then try again.',
  },
  forge_push_denied: {
    kind: 'user',
    status: 409,
    message: "Headwater's account may not push to this project.",
    advice: 'Add the account {account} to the project with write access.',
  },
  forge_quota: {
    kind: 'user',
    message: 'The project has used up its quota in the forge.',
    advice: 'Free space in the project, or ask the forge admin to raise the quota.',
  },
  forge_push_failed: {
    kind: 'transient',
    message: 'The push to the forge broke off: {why}.',
    advice: 'Nothing to do if it passes; the next try pushes only what is missing.',
  },

  // One ref of many: the others are not held up
  branch_protected: {
    kind: 'user',
    message: 'A branch protection rule of the project refuses the push to {ref}.',
    advice: 'Allow the account {account} to push in that rule, or leave this branch out.',
  },
  tag_protected: {
    kind: 'user',
    message: 'A tag protection rule of the project refuses {ref}.',
    advice: 'Add the account {account} to that rule.',
  },
  hook_declined: {
    kind: 'user',
    message: 'A hook of the forge refused {ref}: {why}.',
    advice: 'Ask those who run the forge what the hook checks.',
  },
  ref_refused: {
    kind: 'user',
    message: 'The forge refused {ref}: {why}.',
    advice: 'Ask those who run the forge.',
  },
  ref_name_invalid: {
    kind: 'user',
    message: 'The upstream lists a ref whose name git does not allow.',
    advice: 'Rename it in the upstream; all other refs are mirrored.',
  },
  ref_conflict: {
    kind: 'user',
    message: '{ref} cannot stand beside {other}: git allows no name that is also a folder of names.',
    advice: 'Delete or rename {other} in the project if it is no longer needed.',
  },
  moved_in_forge: {
    kind: 'user',
    message: '{ref} has commits in the project that the upstream does not have.',
    advice:
      'Merge or move that work to another branch; once the branch is part of the upstream, or deleted, mirroring goes on.',
  },
  rewritten_upstream: {
    kind: 'user',
    message: 'The upstream rewrote the history of {ref}.',
    advice: 'If the new history is wanted, delete {ref} in the project and update now.',
  },
  tag_moved: {
    kind: 'user',
    message: '{ref} points to something else in the upstream than in the project.',
    advice: "If the upstream's is wanted, delete {ref} in the project and update now.",
  },
  moved_meanwhile: {
    kind: 'transient',
    message: '{ref} was moved in the project while this run was pushing.',
    advice: 'Nothing to do; the next run looks again.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export type FaultCode = keyof typeof faultCatalogue;
