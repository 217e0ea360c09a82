import { HeadwaterError } from '../../src/domain/errors';
import type { WebhookMessage, WebhookSender } from '../../src/ports/webhook-sender';

/** Keeps what is sent; answers with `status`, or raises `error` while it is set. */
export class RecordedWebhooks implements WebhookSender {
  status = 200;
  error: HeadwaterError | null = null;
  readonly messages: WebhookMessage[] = [];
  /** Runs before a message is answered. */
  onSend: (message: WebhookMessage) => Promise<void> | void = () => undefined;

  async send(message: WebhookMessage): Promise<{ status: number }> {
    this.messages.push(message);
    await this.onSend(message);
    if (this.error !== null) throw this.error;
    return { status: this.status };
  }

  close(): void {}

  get bodies(): { type: string; data: Record<string, unknown> }[] {
    return this.messages.map(({ body }) => JSON.parse(body) as { type: string; data: Record<string, unknown> });
  }

  get types(): string[] {
    return this.bodies.map(({ type }) => type);
  }
}
