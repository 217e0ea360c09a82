import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One webhook delivery as it arrived. */
export interface ReceivedDelivery {
  readonly event: string;
  /** Unique per delivery. */
  readonly id: string;
  /** The signature of the raw body is right. */
  readonly signed: boolean;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly secret: string;
  /** In the order of arrival; a forge delivers several at a time, so that is not always the order of the events. */
  readonly deliveries: readonly ReceivedDelivery[];
  /** Waits until the deliveries answer true. Rejects after `timeoutMs`, telling what did arrive. */
  until(done: (deliveries: readonly ReceivedDelivery[]) => boolean, timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** Receives webhook deliveries of a forge on a free loopback port. */
export async function startWebhookReceiver(secret = 'webhook-secret'): Promise<WebhookReceiver> {
  const deliveries: ReceivedDelivery[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      deliveries.push({
        event: String(request.headers['x-gitea-event']),
        id: String(request.headers['x-gitea-delivery']),
        signed: request.headers['x-gitea-signature'] === createHmac('sha256', secret).update(body).digest('hex'),
        payload: JSON.parse(body.toString()) as Record<string, unknown>,
      });
      response.end('ok');
      for (const look of waiting) look();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    secret,
    deliveries,
    until(done, timeoutMs = 15_000) {
      return new Promise((resolve, reject) => {
        const finish = (error?: Error) => {
          clearTimeout(timer);
          waiting.delete(look);
          if (error === undefined) resolve();
          else reject(error);
        };
        const look = () => {
          if (done(deliveries)) finish();
        };
        const timer = setTimeout(() => {
          const seen = deliveries.map(({ event, payload }) => `${event} ${String(payload['ref'])}`).join(', ');
          finish(new Error(`the awaited webhooks did not come; what came: ${seen === '' ? 'nothing' : seen}`));
        }, timeoutMs);
        waiting.add(look);
        look();
      });
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
