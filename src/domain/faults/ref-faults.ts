import type { CatalogueEntry } from './catalogue-entry';

/** Why one ref of many was left alone or refused; the others are not held up. */
export const refFaults = {
  branch_protected: {
    class: 'refused',
    kind: 'user',
    message: 'A branch protection rule of the project refuses the push to {ref}.',
    advice: 'Allow the account {account} to push in that rule, or leave this branch out.',
  },
  tag_protected: {
    class: 'refused',
    kind: 'user',
    message: 'A tag protection rule of the project refuses {ref}.',
    advice: 'Add the account {account} to that rule.',
  },
  branch_unsigned: {
    class: 'refused',
    kind: 'user',
    message:
      'A branch protection rule of the project takes signed commits only, and {ref} has one that the forge cannot verify.',
    advice: 'Switch signed commits off in that rule, or leave this branch out.',
  },
  branch_file_protected: {
    class: 'refused',
    kind: 'user',
    message: 'A branch protection rule of the project protects the file {file}, which the push to {ref} changes.',
    advice: 'Remove the file from the protected ones in that rule, or leave this branch out.',
  },
  hook_declined: {
    class: 'refused',
    kind: 'user',
    message: 'A hook of the forge refused {ref}: {why}.',
    advice: 'Ask those who run the forge what the hook checks.',
  },
  ref_refused: {
    class: 'refused',
    kind: 'user',
    message: 'The forge refused {ref}: {why}.',
    advice: 'Ask those who run the forge.',
  },
  ref_name_invalid: {
    class: 'difference',
    kind: 'user',
    message: 'The upstream lists a ref whose name git does not allow.',
    advice: 'Rename it in the upstream; all other refs are mirrored.',
  },
  ref_conflict: {
    class: 'difference',
    kind: 'user',
    message: '{ref} cannot stand beside {other}: git allows no name that is also a folder of names.',
    advice: 'Delete or rename {other} in the project if it is no longer needed.',
  },
  moved_in_forge: {
    class: 'difference',
    kind: 'user',
    message: '{ref} has commits in the project that the upstream does not have.',
    advice:
      'Merge or move that work to another branch; once the branch is part of the upstream, or deleted, mirroring goes on.',
  },
  rewritten_upstream: {
    class: 'difference',
    kind: 'user',
    message: 'The upstream rewrote the history of {ref}.',
    advice: 'If the new history is wanted, delete {ref} in the project and update now.',
  },
  tag_moved: {
    class: 'difference',
    kind: 'user',
    message: '{ref} points to something else in the upstream than in the project.',
    advice: "If the upstream's is wanted, delete {ref} in the project and update now.",
  },
  branch_rule_refuses: {
    class: 'refused',
    kind: 'user',
    message: 'The branch protection rule "{rule}" of the project refuses the push to {ref}.',
    advice: 'Allow the account {account} to push in that rule, or leave this branch out.',
  },
  branch_rule_refuses_force: {
    class: 'refused',
    kind: 'user',
    message: 'The branch protection rule "{rule}" of the project does not let {ref} be overwritten or deleted.',
    advice: 'Change or remove that rule, or set the mirror to keep what differs.',
  },
  branch_rule_unsigned: {
    class: 'refused',
    kind: 'user',
    message:
      'The branch protection rule "{rule}" of the project takes signed commits only, and {ref} has one that the forge cannot verify.',
    advice: 'Switch signed commits off in that rule, or leave this branch out.',
  },
  branch_rule_protects_file: {
    class: 'refused',
    kind: 'user',
    message: '{refusal} It is the rule "{rule}".',
    advice: 'Remove the file from the protected ones in that rule, or leave this branch out.',
  },
  tag_rule_refuses: {
    class: 'refused',
    kind: 'user',
    message: 'The tag protection rule "{rule}" of the project refuses {ref}.',
    advice: 'Add the account {account} to that rule.',
  },
  pull_request_open: {
    class: 'refused',
    kind: 'user',
    message: "The upstream's state of {ref} is offered in pull request #{number}: {url}",
    advice: 'Merge it to take the commits over, or close it to leave the branch as it is.',
  },
  pull_request_closed: {
    class: 'refused',
    kind: 'user',
    message: "Pull request #{number} with the upstream's state of {ref} was closed, so the branch stays as it is.",
    advice:
      'Nothing to do; a newer state of the upstream is offered again. To be asked no more, set the mirror to keep what differs.',
  },
  pull_request_planned: {
    class: 'refused',
    kind: 'user',
    message: "The next run would {what} with the upstream's state of {ref}.",
    advice: 'Nothing to do.',
  },
  pull_request_head_moved: {
    class: 'refused',
    kind: 'user',
    message: 'Somebody else pushed to {head}, so it is not moved to what the upstream has of {ref} by now.',
    advice: 'Merge or close its pull request and delete that branch; then a new one is opened.',
  },
  pull_request_limit: {
    class: 'refused',
    kind: 'user',
    message: 'No pull request was opened for {ref}, since there are {limit} open already.',
    advice: 'Merge or close some of them, or choose the branches by a pattern.',
  },
  pull_requests_off: {
    class: 'refused',
    kind: 'user',
    message: 'No pull request could be opened for {ref}, since they are switched off in the project.',
    advice:
      'Switch pull requests on in the project settings of the forge, or choose another way to deal with what differs.',
  },
  pull_request_failed: {
    class: 'refused',
    kind: 'user',
    message: 'No pull request could be opened or brought up to date for {ref}: {why}',
    advice: 'Mend it in the project, or ask those who run the forge; the next run tries again.',
  },
  history_replaced: {
    class: 'difference',
    kind: 'user',
    message: "{ref} is replaced by the upstream's history, which does not contain the project's.",
    advice: 'Undo the run to get the old value back.',
  },
  tag_replaced: {
    class: 'difference',
    kind: 'user',
    message: '{ref} is moved to where it points in the upstream.',
    advice: 'Undo the run to get the old value back.',
  },
  deleted_upstream: {
    class: 'difference',
    kind: 'user',
    message: '{ref} is deleted, since the upstream deleted it and nobody moved it here.',
    advice: 'Undo the run to get it back.',
  },
  default_branch_kept: {
    class: 'refused',
    kind: 'user',
    message:
      '{ref} was deleted upstream, but it is the default branch of the project, which the forge does not delete.',
    advice: 'Make another branch the default branch of the project; the next run deletes this one.',
  },
  held_back: {
    class: 'difference',
    kind: 'user',
    message: '{ref} is held back: {why}',
    advice: 'Look at what is held with the mirror, and accept it if it is what you want.',
  },
  backup_failed: {
    class: 'refused',
    kind: 'user',
    message: '{ref} was not overwritten, since its old value could not be kept: {why}',
    advice: 'Ask those who run the forge whether refs under refs/headwater are allowed.',
  },
  moved_after_run: {
    class: 'difference',
    kind: 'user',
    message: '{ref} is no longer where the run left it.',
    advice: 'Nothing was changed; put it back by hand if that is wanted.',
  },
  old_value_gone: {
    class: 'difference',
    kind: 'user',
    message: 'The forge no longer has the old value of {ref}.',
    advice: 'The forge has cleaned up; fetch the value from a clone and push it by hand.',
  },
  moved_meanwhile: {
    class: 'difference',
    kind: 'transient',
    message: '{ref} was moved in the project while this run was pushing.',
    advice: 'Nothing to do; the next run looks again.',
  },
} as const satisfies Record<string, CatalogueEntry>;
