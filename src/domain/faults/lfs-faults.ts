import type { CatalogueEntry } from './catalogue-entry';

/** What can go wrong with LFS objects. A ref that needs one is held back, the others are not. */
export const lfsFaults = {
  lfs_object_missing: {
    class: 'corrupt',
    kind: 'user',
    message: 'The upstream does not have the LFS object {oid}.',
    advice:
      'Have it added with "git lfs push --all" to the upstream, and the ref follows with a later run; or switch LFS off for this mirror.',
  },
  lfs_object_corrupt: {
    class: 'corrupt',
    kind: 'user',
    message: 'The LFS object {oid} of the upstream is damaged: {why}.',
    advice: 'Have the upstream checked with "git lfs fsck"; the ref follows with a later run.',
  },
  lfs_object_unavailable: {
    class: 'unreachable',
    kind: 'transient',
    message: 'The LFS object {oid} could not be fetched from the upstream: {why}.',
    advice: 'Nothing to do if it passes, the next run tries again; otherwise ask those who run the upstream.',
  },
  lfs_object_refused: {
    class: 'refused',
    kind: 'user',
    message: 'The forge refused the LFS object {oid}: {why}.',
    advice: 'Ask those who run the forge, or switch LFS off for this mirror.',
  },
  lfs_upstream_unusable: {
    class: 'unusable',
    kind: 'user',
    message: 'The upstream uses LFS, and its LFS server at {host} cannot be used: {why}.',
    advice: 'Check the LFS address and the credentials of this mirror, or switch LFS off for it.',
  },
  lfs_too_many_objects: {
    class: 'quota',
    kind: 'user',
    message: 'The upstream has more than the allowed {limit} LFS objects.',
    advice: 'Switch LFS off for this mirror.',
  },
} as const satisfies Record<string, CatalogueEntry>;
