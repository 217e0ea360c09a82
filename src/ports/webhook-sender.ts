import type { Secret } from '../domain/credentials';

export interface WebhookMessage {
  readonly url: string;
  /** The same at every try, so that the receiver can tell a repetition. */
  readonly id: string;
  /** Epoch ms of this try. */
  readonly at: number;
  readonly body: string;
  /** Signed with each of them: `whsec_` and base64. */
  readonly secrets: readonly Secret[];
}

/** Sends messages by the rules of Standard Webhooks, to addresses that a maintainer named. */
export interface WebhookSender {
  /**
   * One try; redirects are not followed, and of the answer only the status is read.
   * Raises notify_blocked, notify_unreachable.
   */
  send(message: WebhookMessage, signal: AbortSignal): Promise<{ readonly status: number }>;
  close(): void;
}
