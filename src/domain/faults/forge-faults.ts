import type { CatalogueEntry } from './catalogue-entry';

/** What can go wrong with the forge as a whole. */
export const forgeFaults = {
  forge_unreachable: {
    class: 'ours',
    kind: 'transient',
    message: 'The forge does not answer ({why}).',
    advice:
      'Nothing to do if it passes; what was fetched is kept, and what waits for the forge goes on as soon as it answers.',
  },
  forge_token_refused: {
    class: 'ours',
    kind: 'user',
    status: 503,
    message: "The forge refuses Headwater's own access token.",
    advice: 'The admin must make a new token for the Headwater account and set HEADWATER_FORGE_TOKEN.',
  },
  forge_failed: {
    class: 'forge',
    kind: 'transient',
    message: 'The forge answered with the error {status} while {doing}.',
    advice: 'Nothing to do if it passes; otherwise the admin should look at the log of the forge.',
  },
  forge_project_missing: {
    class: 'refused',
    kind: 'user',
    status: 409,
    message: "The project is gone from the forge, or Headwater's account cannot see it.",
    advice: 'Add the account {account} to the project with write access.',
  },
  maintainer_right_revoked: {
    class: 'refused',
    kind: 'user',
    status: 409,
    message: '{login}, who answers for this mirror, is no admin of the project any more.',
    advice: 'An admin of the project who wants it to go on resumes it, and answers for it from then on.',
  },
  project_made_public: {
    class: 'request',
    kind: 'user',
    message:
      'The project {project} was made public, and its upstream asks for credentials: what is mirrored may not be meant for everybody.',
    advice: "Make the project private again, or save the mirror's address or credentials anew to confirm it.",
  },
  forge_project_transferred: {
    class: 'refused',
    kind: 'user',
    status: 409,
    message: 'The project now belongs to somebody else, as {project}, so nothing is pushed to it.',
    advice: 'If the new owner wants the mirror to go on, an admin of the project resumes it.',
  },
  forge_project_archived: {
    class: 'refused',
    kind: 'user',
    status: 409,
    message: 'The project is archived, so nothing can be pushed to it.',
    advice: 'Unarchive the project, or remove the mirror.',
  },
  forge_project_is_native_mirror: {
    class: 'refused',
    kind: 'user',
    status: 409,
    message: "The project is one of the forge's own pull mirrors, which is read-only.",
    advice: 'Convert it to a regular repository in the project settings of the forge, then try again.',
  },
  forge_push_denied: {
    class: 'refused',
    kind: 'user',
    status: 409,
    message: "Headwater's account may not push to this project.",
    advice: 'Add the account {account} to the project with write access.',
  },
  forge_default_branch_denied: {
    class: 'refused',
    kind: 'user',
    status: 409,
    message: "Headwater's account may not make {branch} the default branch of the project.",
    advice: 'Make {branch} the default branch in the project settings, or give the account {account} admin rights.',
  },
  forge_rules_denied: {
    class: 'refused',
    kind: 'user',
    status: 409,
    message: "Headwater's account may not read the branch protection rules of the project.",
    advice: 'Give the account {account} admin rights on the project, or choose the branches by a pattern.',
  },
  pull_request_refused: {
    class: 'refused',
    kind: 'user',
    status: 409,
    message: 'The forge refused {doing} the pull request ({why}).',
    advice: "Look whether Headwater's account may open pull requests in the project.",
  },
  forge_quota: {
    class: 'quota',
    kind: 'user',
    message: 'The project has used up its quota in the forge.',
    advice: 'Free space in the project, or ask the forge admin to raise the quota.',
  },
  forge_push_failed: {
    class: 'forge',
    kind: 'transient',
    message: 'The push to the forge broke off: {why}.',
    advice: 'Nothing to do if it passes; the next try pushes only what is missing.',
  },
} as const satisfies Record<string, CatalogueEntry>;
