import { say, withoutStop, type Rich } from './rich';
import { bytes, count, duration } from './numbers';

export const history = {
  title: 'History',
  of: (address: string): string => `History of ${address}`,
  back: 'Mirrors',
  none: 'Nothing has run yet.',
  /** `newest`: they are the last ones, not a page of earlier ones. */
  caption: (
    { runs, fine, failed, newest }: { runs: number; fine: number; failed: number; newest: boolean },
    usualMs: number | null,
    longestMs: number | null,
  ): string => {
    const how = failed === 0 ? 'all fine' : fine === 0 ? 'all failed' : `${fine} fine, ${failed} failed`;
    const which = `${newest ? 'Last' : 'These'} ${count(runs, 'run')}`;
    if (usualMs === null || longestMs === null) return `${which}: ${how}.`;
    if (runs === 1) return `1 run: ${failed === 0 ? 'fine' : 'failed'}. It took ${duration(longestMs)}.`;
    return `${which}: ${how}. Usually ${duration(usualMs)}; the longest took ${duration(longestMs)}.`;
  },
  timeTaken: 'Time taken',
  changes: 'Changes',
  keyFine: 'fine',
  keyFailed: 'failed',
  keyOpen: 'open below',
  nothingNew: 'Nothing new',
  changed: (changed: number, left: number): string =>
    [
      ...(changed > 0 ? [`${changed} changed`] : []),
      ...(left > 0 ? [`${left} left as ${left === 1 ? 'it is' : 'they are'}`] : []),
    ].join(', '),
  planned: (changed: number): string =>
    changed === 0 ? 'Preview: nothing would change' : `Preview: ${changed} would change`,
  undone: (refs: number): string => (refs === 0 ? 'Nothing had to be put back' : `${refs} put back`),
  failed: (sentence: Rich): Rich => say`Failed: ${withoutStop(sentence)}`,
  stopped: (sentence: Rich): Rich => say`Stopped: ${sentence}`,
  waits: 'Waits for a worker',
  runs: 'Under way',
  took: (ms: number): string => duration(ms),
  columns: { ref: 'Branch or tag', what: 'What happened', commit: 'Commit' },
  tableCaption: 'What this run did',
  tag: 'tag',
  here: 'here',
  there: 'there',
  showAll: (total: number): string => `Show all ${total}`,
  andMore: (more: number): string => `and ${more} more`,
  startedBy: {
    enrolled: 'Started when the mirror was added.',
    settings: 'Started by a change of settings.',
    manual: 'Started with “Update now”.',
    clock: 'Started by the schedule.',
    recovery: 'Started again after an interruption.',
    upstream_hook: 'Started by a webhook of the other side.',
    plan: 'A preview: nothing was changed.',
    undo: 'Put back what an earlier run had changed.',
  } as const satisfies Record<string, string>,
  received: (size: number): string => `${bytes(size)} fetched`,
  sent: (size: number): string => `${bytes(size)} delivered`,
  undo: 'Undo this run',
  undoMeans: (refs: number): string =>
    refs === 1
      ? 'Puts 1 branch or tag back where it was, if nobody has moved it since.'
      : `Puts ${refs} branches and tags back where they were, if nobody has moved them since.`,
  undoDone: (done: number, total: number): Rich =>
    done === total
      ? say`${total} of ${total} branches and tags are back where they were.`
      : say`${done} of ${total} branches and tags are back where they were. The others were moved since, and left as they are.`,
  newer: 'Newer',
  older: 'Older',
};

export const preview = {
  title: 'Preview',
  of: (address: string): string => `Preview of ${address}`,
  nothing: 'Nothing would change: both sides are the same.',
  nothingChanged: 'Nothing was changed. If the other side changes until then, the update may do something else.',
  looking: 'Looking at both sides. Nothing is changed.',
  would: (does: string): string => `The next update would ${does}.`,
  again: 'Look again',
};
