import type { RefOutcome, Run } from '../../../domain/run';
import { showRemoteText } from '../../../domain/redact';
import { isTag, shortName } from '../../../domain/git-ref';
import { outcomeReasons, outcomes as words } from '../../../panel/texts/guards';
import { history } from '../../../panel/texts/history';
import { moment, say, type Rich } from '../../../panel/texts/rich';
import type { Icon } from '../../../panel/texts/states';
import { drawChart, tookMs, type Chart } from './chart';
import { explainFailure, type FailureContext } from './failure';
import type { PanelLinks } from './panel-links';
import { commitsOf } from './ref-groups';
import { changedIn, leftIn } from './run-words';

export interface RunRow {
  readonly id: string;
  readonly icon: Icon;
  readonly tone: 'green' | 'red' | 'plain';
  readonly title: Rich;
  readonly when: Rich;
  readonly open: boolean;
  readonly href: string;
  /** Only of the one that stands open. */
  readonly detail: RunDetail | null;
}

export interface RunDetail {
  readonly started: string;
  readonly advice: Rich | null;
  readonly rows: readonly OutcomeRow[];
  /** Beyond the first, to unfold. */
  readonly rest: readonly OutcomeRow[];
  readonly showAll: string | null;
  /** null: there is nothing to put back. */
  readonly undo: string | null;
}

export interface OutcomeRow {
  readonly name: string;
  readonly commits: Rich;
  readonly word: string;
  readonly tone: string;
  readonly reason: Rich | null;
}

export interface HistoryView {
  readonly address: string;
  readonly caption: string | null;
  readonly chart: Chart | null;
  readonly rows: readonly RunRow[];
  readonly newer: string | null;
  readonly older: string | null;
}

export interface HistoryInput {
  readonly address: string;
  /** One page, newest first. */
  readonly runs: readonly Run[];
  readonly total: number;
  readonly page: number;
  readonly limit: number;
  readonly open: { readonly run: Run; readonly outcomes: readonly RefOutcome[]; readonly total: number } | null;
  readonly mayChange: boolean;
  readonly busy: boolean;
  readonly context: FailureContext;
}

/** So many refs of a run stand there at once; more unfold. */
const shown = 12;

export function viewHistory(input: HistoryInput, links: PanelLinks): HistoryView {
  const { runs, page, limit, total, open } = input;
  const real = runs.filter((run) => run.cause !== 'plan');
  const at = (to: number) => `${links.history}?page=${to}`;
  return {
    address: input.address,
    caption: captionOf(real, page === 1),
    chart: drawChart(real, open?.run.id ?? null),
    rows: runs.map((run) => rowOf(run, input, links)),
    newer: page > 1 ? at(page - 1) : null,
    older: page * limit < total ? at(page + 1) : null,
  };
}

function captionOf(runs: readonly Run[], newest: boolean): string | null {
  const ended = runs.filter((run) => run.finishedAt !== null);
  if (ended.length === 0) return null;
  const failed = ended.filter((run) => run.status === 'failed').length;
  const times = ended.map((run) => tookMs(run) ?? 0).sort((a, b) => a - b);
  const usual = times[Math.floor((times.length - 1) / 2)] ?? null;
  const counts = { runs: ended.length, fine: ended.length - failed, failed, newest };
  return history.caption(counts, usual, times.at(-1) ?? null);
}

function rowOf(run: Run, input: HistoryInput, links: PanelLinks): RunRow {
  const { open, page } = input;
  const onPage = (href: string, joint: string) => (page === 1 ? href : `${href}${joint}page=${page}`);
  const isOpen = open?.run.id === run.id;
  const took = tookMs(run);
  const at = run.finishedAt ?? run.startedAt ?? run.queuedAt;
  return {
    id: run.id,
    ...headOf(run, input.context),
    when: took === null || run.cause === 'undo' ? say`${moment(at)}` : say`${moment(at)} · ${history.took(took)}`,
    open: isOpen,
    href: isOpen ? onPage(links.history, '?') : onPage(links.run(run.id), '&'),
    detail: isOpen ? viewRun(run, open.outcomes, open.total, input) : null,
  };
}

function headOf(run: Run, context: FailureContext): Pick<RunRow, 'icon' | 'tone' | 'title'> {
  if (run.status === 'queued') return { icon: 'clock', tone: 'plain', title: say`${history.waits}` };
  if (run.status === 'running') return { icon: 'sync', tone: 'plain', title: say`${history.runs}` };
  if (run.error !== null) {
    const { why } = explainFailure(run.error, contextOf(run, context));
    const stopped = run.error.code === 'run_stopped' || run.error.code === 'run_superseded';
    return stopped
      ? { icon: 'stop', tone: 'plain', title: why }
      : { icon: 'cross', tone: 'red', title: history.failed(why) };
  }
  const changed = changedIn(run.counts);
  const left = leftIn(run.counts);
  if (run.cause === 'plan') return { icon: 'info', tone: 'plain', title: say`${history.planned(changed)}` };
  if (run.cause === 'undo') return { icon: 'check', tone: 'green', title: say`${history.undone(changed)}` };
  const title = changed + left === 0 ? history.nothingNew : history.changed(changed, left);
  return { icon: 'check', tone: 'green', title: say`${title}` };
}

/** What is particular to one run. */
function contextOf(run: Run, context: FailureContext): FailureContext {
  return { ...context, runId: run.id, retryAt: null, tookMs: tookMs(run), pushed: run.sentBytes > 0 };
}

function viewRun(
  run: Run,
  outcomes: readonly RefOutcome[],
  total: number,
  { context, mayChange, busy }: Pick<HistoryInput, 'context' | 'mayChange' | 'busy'>,
): RunDetail {
  const rows = outcomes.map(outcomeRow);
  const undoable = outcomes.filter(isUndoable).length;
  const sizes = [
    ...(run.receivedBytes > 0 ? [history.received(run.receivedBytes)] : []),
    ...(run.sentBytes > 0 ? [history.sent(run.sentBytes)] : []),
  ];
  return {
    started: [history.startedBy[run.cause], ...(sizes.length > 0 ? [`${sizes.join(', ')}.`] : [])].join(' '),
    advice: run.error === null ? null : explainFailure(run.error, contextOf(run, context)).advice,
    rows: rows.slice(0, shown),
    rest: rows.slice(shown),
    showAll: total > shown ? history.showAll(total) : null,
    undo:
      mayChange && !busy && undoable > 0 && run.cause !== 'plan' && run.cause !== 'undo'
        ? history.undoMeans(undoable)
        : null,
  };
}

function isUndoable({ action, oldOid }: RefOutcome): boolean {
  return oldOid !== null && (action === 'deleted' || action === 'forced' || action === 'fast_forwarded');
}

function outcomeRow(outcome: RefOutcome): OutcomeRow {
  const { action, reason, ref } = outcome;
  const waits = reason !== null && reason.code.startsWith('lfs_object_');
  const { word, tone } = waits ? words.waiting : words[action];
  return {
    name: showRemoteText(shortName(ref)),
    commits: commitsOf(outcome),
    word,
    tone,
    reason: reasonOf(outcome),
  };
}

function reasonOf({ reason, action, ref }: RefOutcome): Rich | null {
  if (reason === null) return null;
  switch (reason.code) {
    case 'moved_in_forge':
      return outcomeReasons.bothSides;
    case 'rewritten_upstream':
      return outcomeReasons.rewritten;
    case 'tag_moved':
      return outcomeReasons.tagMoved;
    case 'held_back':
      return outcomeReasons.heldBack;
    case 'deleted_upstream':
      return outcomeReasons.deleted;
    case 'history_replaced':
    case 'tag_replaced':
      return null;
    default:
      return action === 'created' && isTag(ref) ? null : say`${showRemoteText(`${reason.message} ${reason.advice}`)}`;
  }
}
