import { createServer, type Server } from 'node:http';
import { freePort } from './free-port';

/** A panel that says nothing but how high it is. */
export class PanelStub {
  #server: Server | null = null;
  #port = 0;
  /** What it does instead of answering: nothing at all, or sending the browser elsewhere. */
  instead: 'silence' | { readonly to: string } | null = null;
  /** Addresses of the panels that were asked for. */
  readonly asked: string[] = [];

  constructor(private readonly forgeOrigin: string) {}

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      if (request.url === '/healthz') return response.end('{"status":"ok"}');
      this.asked.push(request.url ?? '');
      if (this.instead === 'silence') return;
      if (this.instead !== null) return response.writeHead(302, { location: this.instead.to }).end();
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><title>panel</title><p>the panel</p><script>
        const say = (height, target = ${JSON.stringify(this.forgeOrigin)}) =>
          parent.postMessage({ type: 'headwater:height', height }, target);
        say(321);
      </script>`);
    });
    this.#server = server;
    this.#port ||= await freePort();
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
