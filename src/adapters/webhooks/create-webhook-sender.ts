import { Webhook } from 'standardwebhooks';
import { HeadwaterError } from '../../domain/errors';
import type { AddressPolicy } from '../../git-http/address-policy';
import { createGuardedDialer } from '../../git-http/guarded-dialer';
import type { HttpRequester } from '../../git-http/requester';
import { connectTimeoutCode } from '../../git-http/requester';
import type { WebhookMessage, WebhookSender } from '../../ports/webhook-sender';

export interface WebhookSenderOptions {
  /** The same addresses are forbidden as for upstreams, and for the same reason. */
  readonly policy: AddressPolicy;
  /** Of one try; ms. */
  readonly timeoutMs?: number;
  /** More certificate authorities; PEM. */
  readonly ca?: string;
}

export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { timeoutMs = 10_000 } = options;
  const dialer = createGuardedDialer({ policy: options.policy, ca: options.ca });
  return {
    async send(message, signal) {
      const expired = AbortSignal.timeout(timeoutMs);
      try {
        return { status: await post(dialer, message, AbortSignal.any([signal, expired])) };
      } catch (thrown) {
        throw translate(thrown, message.url, expired.aborted ? timeoutMs : null);
      }
    },
    close: () => dialer.close(),
  };
}

function post(dialer: HttpRequester, { url, id, at, body, secrets }: WebhookMessage, signal: AbortSignal) {
  const signature = secrets.map((secret) => new Webhook(secret.reveal()).sign(id, new Date(at), body)).join(' ');
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'headwater',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    'webhook-signature': signature,
  };
  return new Promise<number>((resolve, reject) => {
    const request = dialer.request({ url: new URL(url), method: 'POST', headers, signal });
    request.on('error', reject);
    request.on('response', (response) => {
      resolve(response.statusCode ?? 0);
      // Whatever it says, nobody reads it.
      response.on('error', () => undefined);
      response.destroy();
    });
    request.end(body);
  });
}

function translate(thrown: unknown, url: string, expiredAfterMs: number | null): HeadwaterError {
  const { host } = new URL(url);
  if (thrown instanceof HeadwaterError && thrown.code === 'url_blocked')
    return new HeadwaterError('notify_blocked', { host }, { cause: thrown });
  return new HeadwaterError('notify_unreachable', { host, why: reasonOf(thrown, expiredAfterMs) }, { cause: thrown });
}

function reasonOf(thrown: unknown, expiredAfterMs: number | null): string {
  if (expiredAfterMs !== null) return `no answer within ${expiredAfterMs / 1000} seconds`;
  const { code } = thrown as { code?: unknown };
  if (code === 'upstream_host_unknown') return 'its host name could not be resolved';
  if (code === connectTimeoutCode) return 'connection timed out';
  return typeof code === 'string' ? code : 'network error';
}
