import type { Response } from 'express';

/** Server-sent events on one response. Sending to a stream that has ended does nothing. */
export class EventStream {
  readonly #response: Response;
  readonly #onEnd: (() => void)[] = [];
  #open: boolean;

  constructor(response: Response) {
    this.#response = response;
    // Somebody may have gone while the stream's rights were looked up; nothing tells of that any more.
    this.#open = !response.destroyed;
    response.on('close', () => this.end());
    // A client that is gone is no fault.
    response.on('error', () => this.end());
  }

  /** Sends the headers; proxies are asked not to hold events back. */
  start(): void {
    this.#response.status(200).set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
    this.#response.flushHeaders();
  }

  get open(): boolean {
    return this.#open;
  }

  send(event: string, data: object): void {
    // JSON has no line breaks of its own, so one data line holds it.
    this.#write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Sends only if the client keeps up; for what the next event makes worthless. Answers whether it was sent. */
  sendIfIdle(event: string, data: object): boolean {
    const idle = !this.#response.writableNeedDrain;
    if (idle) this.send(event, data);
    return idle;
  }

  heartbeat(): void {
    this.#write(': still here\n\n');
  }

  /** Called once, when the stream ends for whatever reason; at once when it has ended already. */
  onEnd(release: () => void): void {
    if (this.#open) this.#onEnd.push(release);
    else release();
  }

  end(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const release of this.#onEnd.splice(0).reverse()) release();
    this.#response.end();
  }

  #write(text: string): void {
    if (this.#open) this.#response.write(text);
  }
}
