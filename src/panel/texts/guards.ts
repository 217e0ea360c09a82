import { code, say, strong, type Rich } from './rich';
import { count } from './numbers';

/** What the guards noticed, and what a person can do about it. */
export const guards = {
  lost: (repo: string, lost: number, total: number): Rich =>
    say`${repo} lost ${lost} of its ${total} branches and tags. Nothing was deleted or replaced here.`,
  lostBranches: (repo: string, lost: number, total: number): Rich =>
    say`${repo} lost ${lost} of its ${total} branches. Nothing was deleted or replaced here.`,
  emptied: (repo: string): Rich => say`${repo} is empty now. Nothing was deleted or replaced here.`,
  defaultLost: (repo: string, branch: string): Rich =>
    say`${repo} no longer has its default branch ${code(branch)}. Nothing was deleted or replaced here.`,
  unrelated: (repo: string): Rich =>
    say`${repo} has a new history that shares nothing with the one here. Nothing was deleted or replaced here.`,
  firstOverwrite: (refs: number): Rich =>
    say`The first update would replace ${count(refs, 'branch')} that this project already has. Nothing was replaced.`,
  advice: say`If that was meant, accept the change. If not, do nothing: this is looked at again with every run.`,
  accepting: (does: string): Rich => say`${strong('Accepting would')} ${does}.`,
  loses: say`Nothing here would change; the other repository just no longer has what it had.`,
  undo: say`You can undo this from the history. If the other side changes before you accept, you are asked again.`,
  accept: (does: string): string => `Accept this change: ${does}`,
  acceptPlain: 'Accept this change',
  keep: 'Keep them and never delete',
  noticed: 'Noticed',
  acceptHostKey: 'Accept the new key',
  confirmed: 'Confirmed',
  shownNow: 'Shown now',
  none: 'none yet',
};

/** What a plan does, in words: "delete 48 branches, move 1, leave 1 as it is". */
export function planWords(parts: {
  readonly deleted: number;
  readonly replaced: number;
  readonly created: number;
  readonly moved: number;
  readonly left: number;
}): string {
  const words: string[] = [];
  const named = (value: number) => (words.length === 0 ? count(value, 'branch') : String(value));
  if (parts.deleted > 0) words.push(`delete ${named(parts.deleted)}`);
  if (parts.replaced > 0) words.push(`replace ${named(parts.replaced)}`);
  if (parts.created > 0) words.push(`create ${named(parts.created)}`);
  if (parts.moved > 0) words.push(`move ${named(parts.moved)}`);
  if (parts.left > 0) words.push(`leave ${named(parts.left)} as ${parts.left === 1 ? 'it is' : 'they are'}`);
  return words.join(', ');
}

/** What becomes of a ref, as a heading of a group and as a cell. */
export const outcomes = {
  created: { word: 'Created', planned: 'created', tone: 'green' },
  fast_forwarded: { word: 'Moved forward', planned: 'moved forward', tone: 'green' },
  forced: { word: 'Replaced', planned: 'replaced', tone: 'red' },
  deleted: { word: 'Deleted', planned: 'deleted', tone: 'red' },
  diverged: { word: 'Left as it is', planned: 'left as it is', tone: 'amber' },
  rejected: { word: 'Refused', planned: 'refused', tone: 'amber' },
  waiting: { word: 'Waits for LFS files', planned: 'waits for LFS files', tone: 'amber' },
  unchanged: { word: 'Nothing to do', planned: 'unchanged', tone: 'plain' },
  skipped: { word: 'Left out', planned: 'gone there', tone: 'plain' },
} as const;

export const outcomeReasons = {
  deleted: say`Gone there, and unchanged here since the last update`,
  backup: say`backup kept`,
  bothSides: say`Changed on both sides. To take theirs, set “Replace it” in the options.`,
  rewritten: say`Rewritten there. To take theirs, set “Replace it” in the options.`,
  tagMoved: say`Points to something else there. To take theirs, set “Replace it” in the options.`,
  heldBack: say`Held back until somebody accepts the change.`,
};
