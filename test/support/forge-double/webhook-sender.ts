import { createHmac, randomUUID } from 'node:crypto';
import type { ForgeRepo, ForgeState, ForgeWebhook } from './forge-state';
import type { WebhookEvent } from './push-updates';

/** A webhook as it was sent. `status` is null when nobody answered in time. */
export interface SentDelivery {
  readonly url: string;
  readonly event: string;
  readonly id: string;
  readonly status: number | null;
}

export interface WebhookSender {
  notify(repo: ForgeRepo, event: WebhookEvent): void;
  /** To one webhook alone. */
  deliver(hook: ForgeWebhook, event: WebhookEvent): void;
  readonly sent: readonly SentDelivery[];
  /** Waits until everything was sent. */
  drain(): Promise<void>;
}

/** Sends each event once to the hooks of the repository and of the forge, signed, in the order of the events. */
export function createWebhookSender(state: ForgeState): WebhookSender {
  const sent: SentDelivery[] = [];
  let line = Promise.resolve();
  const deliver = (hook: ForgeWebhook, event: WebhookEvent) => {
    line = line.then(async () => {
      sent.push(await send(hook, event));
    });
  };
  return {
    sent,
    deliver,
    notify(repo, event) {
      const hooks = [...repo.webhooks, ...state.systemWebhooks].filter(({ events }) => events.includes(event.event));
      for (const hook of hooks) deliver(hook, event);
    },
    drain: () => line,
  };
}

async function send(hook: ForgeWebhook, { event, payload }: WebhookEvent): Promise<SentDelivery> {
  const body = JSON.stringify(payload, null, 2);
  const id = randomUUID();
  const sign = (algorithm: string) =>
    hook.secret === '' ? '' : createHmac(algorithm, hook.secret).update(body).digest('hex');
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (const brand of ['Forgejo', 'Gitea', 'Gogs', 'GitHub']) {
    headers[`X-${brand}-Delivery`] = id;
    headers[`X-${brand}-Event`] = event;
    headers[`X-${brand}-Event-Type`] = event;
    if (brand !== 'GitHub') headers[`X-${brand}-Signature`] = sign('sha256');
  }
  headers['X-Hub-Signature'] = `sha1=${sign('sha1')}`;
  headers['X-Hub-Signature-256'] = `sha256=${sign('sha256')}`;
  // A forge gives a receiver five seconds and never tries again.
  const options = { method: 'POST', headers, body, signal: AbortSignal.timeout(5000) };
  const response = await fetch(hook.url, options).catch(() => null);
  await response?.arrayBuffer().catch(() => null);
  return { url: hook.url, event, id, status: response?.status ?? null };
}
