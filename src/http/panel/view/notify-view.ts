import type { MirrorNotify, NoticeDelivery } from '../../../domain/mirror-notify';
import { notify as texts } from '../../../panel/texts/notify';
import { say, type Rich } from '../../../panel/texts/rich';
import type { PanelLinks } from './panel-links';

/** How telling people went, as it stands below what is to be told. */
export interface NotifyView {
  readonly lines: readonly Rich[];
  /** Where a new secret is asked for; null: nothing is signed. */
  readonly renew: string | null;
}

export function viewNotify(notify: MirrorNotify, links: Pick<PanelLinks, 'act'>): NotifyView {
  const { url, lastWebhook, lastIssue } = notify;
  return {
    lines: [
      ...(lastWebhook === null ? [] : [fared(lastWebhook, texts.lastMessage, texts.arrived)]),
      ...(lastIssue === null ? [] : [fared(lastIssue, texts.lastIssue, texts.written)]),
    ],
    renew: url === null ? null : links.act('notify-secret'),
  };
}

function fared(last: NoticeDelivery, sentence: (at: number, how: string) => Rich, done: string): Rich {
  if (last.delivered) return sentence(last.at, done);
  const failed = sentence(last.at, last.status === null ? texts.failed : texts.failedWith(last.status));
  return last.retries ? say`${failed} ${texts.again}` : failed;
}
