import type { CatalogueEntry } from './catalogue-entry';

/** What can be wrong with a request: what was sent, and who asks. */
export const requestFaults = {
  url_invalid: {
    kind: 'user',
    message: 'The upstream address is not a usable URL: {why}.',
    advice: 'Give the address that "git clone" would take, such as https://example.org/group/project.git.',
  },
  url_scheme_forbidden: {
    kind: 'user',
    message: 'Addresses with the scheme "{scheme}" cannot be mirrored.',
    advice: 'Use an https://, http:// or ssh:// address.',
  },
  url_blocked: {
    kind: 'user',
    message: 'The upstream {host} is at an address that this Headwater may not connect to.',
    advice: 'Use a public address, or ask the admin to add the host to HEADWATER_ALLOWED_UPSTREAMS.',
  },
  url_credentials_ignored: {
    kind: 'user',
    message: 'The user name or password inside the URL was ignored and not stored.',
    advice: "Send them as auth_user and auth_password; an ssh address is signed in to with the mirror's own key.",
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
  mirror_not_ssh: {
    kind: 'user',
    status: 409,
    message: 'The upstream of this mirror is not an ssh address, so it has neither a key nor host keys.',
    advice: 'Give it an address such as ssh://git@example.org/group/project.git first.',
  },
  mirror_disabled: {
    kind: 'user',
    status: 409,
    message: 'The mirror is switched off.',
    advice: 'Switch it on with PUT and "enabled": true.',
  },
  mirror_paused: {
    kind: 'user',
    status: 409,
    message: 'The mirror is paused ({by} did it).',
    advice: 'Resume it (POST .../mirror/pull/resume, or "headwater mirror resume"); that also updates it.',
  },
  mirror_awaits_owner: {
    kind: 'user',
    status: 409,
    message: 'The mirror is paused, because the project {project} has a new owner.',
    advice:
      'If the new owner wants it to go on, resume it (POST .../mirror/pull/resume, or "headwater mirror resume").',
  },
  run_not_found: {
    kind: 'user',
    status: 404,
    message: 'This mirror has no such run.',
    advice: 'List the runs to find its id.',
  },
  run_under_way: {
    kind: 'user',
    status: 409,
    message: 'A run of this mirror is queued or running.',
    advice: 'Wait until it has ended, then try again.',
  },
  run_not_undoable: {
    kind: 'user',
    status: 409,
    message: 'This run moved and deleted nothing that could be put back.',
    advice: 'List the runs to find the one that did.',
  },
  plan_stale: {
    kind: 'user',
    status: 409,
    message: 'The plan that you accept is not the one that is held.',
    advice: 'Look at the mirror again and accept the plan that it shows now.',
  },
  route_not_found: {
    kind: 'user',
    status: 404,
    message: 'There is nothing at this address.',
    advice: 'Check the path and the method.',
  },
} as const satisfies Record<string, CatalogueEntry>;
