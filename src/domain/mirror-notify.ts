import type { Fault } from './errors';

/** What the people of a project are told, beyond the history. */
export type NoticeType = 'mirror.updated' | 'mirror.failed' | 'mirror.paused' | 'mirror.recovered';
/** webhook: a message to an address of the maintainer's; issue: an issue in the project. */
export type NoticeChannel = 'webhook' | 'issue';

/** How the last notice of a channel fared. */
export interface NoticeDelivery {
  readonly type: NoticeType;
  /** Epoch ms of the last try. */
  readonly at: number;
  readonly attempts: number;
  readonly delivered: boolean;
  /** Another try follows. */
  readonly retries: boolean;
  /** HTTP status of the answer; null for an issue, or when there was none. */
  readonly status: number | null;
  readonly error: Fault | null;
}

/** A secret that messages are signed with, sealed and bound to the mirror. */
export interface NotifySecret {
  readonly sealed: string;
  readonly createdAt: number;
}

/** Whom a mirror tells, and how that went. */
export interface MirrorNotify {
  readonly issue: boolean;
  readonly url: string | null;
  /** Newest first, two at most. */
  readonly secrets: readonly NotifySecret[];
  /** Somebody was told of a pause, and of no recovery since. */
  readonly toldPaused: boolean;
  readonly lastWebhook: NoticeDelivery | null;
  readonly lastIssue: NoticeDelivery | null;
}

export const noNotify: MirrorNotify = {
  issue: false,
  url: null,
  secrets: [],
  toldPaused: false,
  lastWebhook: null,
  lastIssue: null,
};

/** The people were told of a pause, or that it is over. */
export function withTold(notify: MirrorNotify, told: readonly NoticeType[]): MirrorNotify {
  const toldPaused = told.includes('mirror.recovered') ? false : notify.toldPaused || told.includes('mirror.paused');
  return toldPaused === notify.toldPaused ? notify : { ...notify, toldPaused };
}

export function withNoticeDelivery(
  notify: MirrorNotify,
  channel: NoticeChannel,
  delivery: NoticeDelivery,
): MirrorNotify {
  return channel === 'webhook' ? { ...notify, lastWebhook: delivery } : { ...notify, lastIssue: delivery };
}

const signedWithBothMs = 24 * 60 * 60 * 1000;

/** The secrets to sign with: the newest, and for a day the one before, so that a receiver can change over. */
export function signingSecrets(notify: MirrorNotify, at: number): NotifySecret[] {
  const [newest, before] = notify.secrets;
  if (newest === undefined) return [];
  return before !== undefined && at - newest.createdAt < signedWithBothMs ? [newest, before] : [newest];
}
