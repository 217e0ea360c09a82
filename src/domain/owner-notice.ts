import type { Mirror } from './mirror';
import type { NoticeChannel, NoticeType } from './mirror-notify';
import type { RefAction, RefOutcome, Run } from './run';

/** A change of a mirror's state, as it was stored. */
export interface Happened {
  readonly before: Mirror;
  readonly after: Mirror;
  /** The run that ended; null when somebody changed the mirror without one. */
  readonly run: Run | null;
  readonly outcomes: readonly RefOutcome[];
}

const moved: ReadonlySet<RefAction> = new Set(['created', 'fast_forwarded', 'forced', 'deleted']);

/** The outcomes that changed the project. */
export function changesOf(outcomes: readonly RefOutcome[]): RefOutcome[] {
  return outcomes.filter(({ action }) => moved.has(action));
}

/** What there is to tell. A run that changed nothing is no news, and neither is a look. */
export function noticesOf({ before, after, run, outcomes }: Happened): NoticeType[] {
  if (run?.cause === 'plan') return [];
  const told: NoticeType[] = [];
  if (run?.status === 'finished' && changesOf(outcomes).length > 0) told.push('mirror.updated');
  if (run?.status === 'failed') told.push('mirror.failed');
  if (after.pause !== null && before.pause?.reason !== after.pause.reason) told.push('mirror.paused');
  if (run?.status === 'finished' && after.pause === null && (before.lastError !== null || before.notify.toldPaused))
    told.push('mirror.recovered');
  return told;
}

/** Which way a notice goes. An issue is for what waits for a person, unless it was a person who wanted the pause. */
export function channelsOf(type: NoticeType, { notify, pause }: Pick<Mirror, 'notify' | 'pause'>): NoticeChannel[] {
  const isForIssue =
    type === 'mirror.paused' ? pause?.reason !== 'person' : type === 'mirror.recovered' && notify.toldPaused;
  return [
    ...(notify.url !== null && notify.secrets.length > 0 ? (['webhook'] as const) : []),
    ...(notify.issue && isForIssue ? (['issue'] as const) : []),
  ];
}

const retriesMs = [5_000, 30_000, 120_000, 600_000, 3_600_000];
/** The forge is the one place that matters to every mirror: hourly for a week. */
const issueRetries = 7 * 24;

/** How long (ms) after a failed try the next one follows; null: there is none. */
export function noticeRetryMs(channel: NoticeChannel, attempts: number): number | null {
  const soon = retriesMs[attempts - 1];
  if (soon !== undefined) return soon;
  return channel === 'issue' && attempts < issueRetries ? 3_600_000 : null;
}

/** A notice that waits to be delivered. */
export interface OutboxEntry {
  /** Also what the receiver knows the message by. */
  readonly id: string;
  readonly mirrorId: string;
  readonly channel: NoticeChannel;
  readonly type: NoticeType;
  /** JSON; what a webhook's receiver gets. */
  readonly payload: string;
  readonly createdAt: number;
  readonly attempts: number;
  readonly dueAt: number;
}
