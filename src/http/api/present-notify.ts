import type { Secret } from '../../domain/credentials';
import type { MirrorNotify, NoticeDelivery } from '../../domain/mirror-notify';
import type { NoticeDeliveryAnswer, NotifyAnswer } from './answers/mirror-notify';
import { presentFault, timeText } from './present-values';

/** Whom the mirror tells, and how the last try went. */
export function presentNotify({ issue, url, secrets, lastWebhook, lastIssue }: MirrorNotify): NotifyAnswer {
  return {
    notify_issue: issue,
    notify_url: url,
    has_notify_secret: secrets.length > 0,
    notify_last_delivery: presentDelivery(lastWebhook),
    notify_last_issue: presentDelivery(lastIssue),
  };
}

/** The one time that a secret is shown. */
export function presentNotifySecret({ notifySecret }: { readonly notifySecret: Secret | null }) {
  return notifySecret === null ? {} : { notify_secret: notifySecret.reveal() };
}

function presentDelivery(delivery: NoticeDelivery | null): NoticeDeliveryAnswer | null {
  if (delivery === null) return null;
  const { type, at, delivered, retries, attempts, status, error } = delivery;
  return {
    event: type,
    at: timeText(at),
    delivered,
    retries,
    attempts,
    http_status: status,
    error: presentFault(error),
  };
}
