import type { CatalogueEntry } from './catalogue-entry';

/** What can go wrong with the forge's own push mirrors. */
export const pushMirrorFaults = {
  push_mirror_not_found: {
    class: 'request',
    kind: 'user',
    status: 404,
    message: 'The project has no such push mirror.',
    advice: 'List the push mirrors to find its name.',
  },
  push_mirror_has_no_key: {
    class: 'request',
    kind: 'user',
    status: 404,
    message: 'This push mirror has no SSH key, since its address is not an ssh address.',
    advice: 'Add a push mirror with an ssh address; the forge makes a key for it.',
  },
  push_mirrors_denied: {
    class: 'request',
    kind: 'user',
    status: 403,
    message: 'The forge lets only admins of the project look after its push mirrors.',
    advice: 'Use an account that has admin rights on the project; the command line uses that of Headwater.',
  },
  push_mirrors_disabled: {
    class: 'request',
    kind: 'user',
    status: 409,
    message: 'Mirrors are switched off in this forge.',
    advice: 'The admin of the forge can switch them on ([mirror] ENABLED).',
  },
  push_mirror_unsupported: {
    class: 'request',
    kind: 'user',
    status: 409,
    message: 'The push mirrors of this forge do not support {what}.',
    advice: 'See "capabilities" of the list of push mirrors for what this forge can do.',
  },
  push_mirror_is_upstream: {
    class: 'request',
    kind: 'user',
    status: 409,
    message: 'The project is mirrored from this very address, and a push mirror would overwrite it.',
    advice: 'Push to another address, or remove the pull mirror first.',
  },
  push_mirror_address_refused: {
    class: 'request',
    kind: 'user',
    message: 'The forge does not push to {host}.',
    advice:
      'Check the host name; the forge resolves it, and its admin may have limited where it may push to ([migrations]).',
  },
  push_mirror_refused: {
    class: 'request',
    kind: 'user',
    message: 'The forge does not take this push mirror: {why}.',
    advice: 'Check address and interval; the forge has a shortest interval ([mirror] MIN_INTERVAL).',
  },
  push_mirror_sync_failed: {
    class: 'forge',
    kind: 'user',
    message: 'A push mirror failed, and the forge did not go on to those after it.',
    advice: 'See "last_error" of each push mirror, mend it, and sync again.',
  },
} as const satisfies Record<string, CatalogueEntry>;
