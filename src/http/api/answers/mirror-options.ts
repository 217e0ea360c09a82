import { z } from 'zod';
import { deletionChoices, divergences, tagChoices } from '../../../domain/mirror-options';

/** What each option means, for what is sent as for what is answered. */
export const optionWords = {
  only_mirror_protected_branches: 'Only branches that a branch protection rule of the project matches.',
  mirror_branch_regex: 'Only branches whose whole name it matches, in RE2 syntax; null: no such choice.',
  mirror_overwrites_diverged_branches:
    "GitLab's way of saying that `divergence` is overwrite or overwrite_with_backup.",
  tags: 'on_branches: tags whose commit is part of a mirrored branch.',
  follow_default_branch: "The project's default branch follows the upstream's while it is the one that Headwater set.",
  divergence:
    'What is done with refs that cannot move forward. overwrite_with_backup keeps the old value under refs/headwater/backup/{run}/; pull_request leaves the branch as it is and offers the upstream’s state.',
  deletions: 'follow: delete what the upstream deleted, if Headwater created it and nobody moved it since.',
  lfs: 'LFS objects are mirrored, before the refs that need them.',
  lfs_url: 'Where the LFS objects come from; null: where git-lfs would look.',
  interval:
    'Time between two updates, such as 6h or 1h30m, or adaptive: half the time since the upstream last changed; null: the admin’s.',
} as const;

/** What is mirrored, and how: the fields of option-fields as GET tells them. */
export const optionAnswers = {
  only_mirror_protected_branches: z.boolean().describe(optionWords.only_mirror_protected_branches),
  mirror_branch_regex: z.string().nullable().describe(optionWords.mirror_branch_regex),
  mirror_overwrites_diverged_branches: z.boolean().describe(optionWords.mirror_overwrites_diverged_branches),
  tags: z.enum(tagChoices).describe(optionWords.tags),
  follow_default_branch: z.boolean().describe(optionWords.follow_default_branch),
  divergence: z.enum(divergences).describe(optionWords.divergence),
  deletions: z.enum(deletionChoices).describe(optionWords.deletions),
  lfs: z.boolean().describe(optionWords.lfs),
  lfs_url: z.string().nullable().describe(optionWords.lfs_url),
  interval: z.string().nullable().describe(optionWords.interval),
};

export type OptionsAnswer = z.infer<z.ZodObject<typeof optionAnswers, z.core.$strict>>;
