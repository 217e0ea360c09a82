import type { CatalogueEntry } from './catalogue-entry';

/** Why one ref of many was left alone or refused; the others are not held up. */
export const refFaults = {
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
