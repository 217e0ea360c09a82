import { createServer, type Server } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { freePort } from './free-port';
import { until } from './until';

/** A message of Standard Webhooks as it arrived. */
export interface ReceivedMessage {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Receives the messages of a mirror at a fixed loopback port; it may be down at first. Keeps only those that are signed rightly. */
export class MessageReceiver {
  readonly messages: ReceivedMessage[] = [];
  /** Those that were not signed with the secret. */
  readonly forged: string[] = [];
  secret = '';
  #server: Server | null = null;
  #port = 0;

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.#take(Buffer.concat(chunks).toString(), request.headers as Record<string, string>);
        response.writeHead(204).end();
      });
    });
    this.#port ||= await freePort();
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#server = server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/messages?key=1`;
  }

  get types(): string[] {
    return this.messages.map(({ type }) => type);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** A message that was not taken comes again after 5 seconds, then 30; one that was on its way when the sender died, after a minute. */
  async untilTypes(...types: string[]): Promise<void> {
    await until(() => types.every((type) => this.types.includes(type)), 90_000);
  }

  #take(body: string, headers: Record<string, string>): void {
    try {
      const { type, data } = new Webhook(this.secret).verify(body, headers) as ReceivedMessage;
      this.messages.push({ id: headers['webhook-id'] ?? '', type, data });
    } catch {
      this.forged.push(body);
    }
  }
}
