import { randomBytes, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import type { HeadwaterError } from '../domain/errors';
import { GateWatch, type GateLimits } from './gate-watch';
import type { GitService } from './list-refs';
import type { TakePack } from './pack-tap';
import { relay, type RelayedExchange } from './relay';
import type { HttpRequester } from './requester';

export interface GateOptions extends GateLimits {
  readonly service: GitService;
  /** The repository, without a slash at its end. */
  readonly repository: URL;
  readonly authorization: string | null;
  readonly requester: HttpRequester;
  /** The answer to info/refs, where we know it better than the server. */
  readonly advertisement?: Buffer;
  /** The server may be silent for so long when it is its turn; ms. Hooks run in silence, so be generous when pushing. */
  readonly idleTimeoutMs: number;
  /** Is shown the pack of a fetch as it comes, before the client (pack-tap.ts). */
  readonly takePack?: TakePack | undefined;
}

/**
 * The only way out for a git client: a listener on the loopback address, for one job, that knows two requests of one
 * service of one repository, and adds the credentials itself. The client never meets the network or a secret.
 */
export interface Gate {
  /** http://127.0.0.1:port/repo.git, no secret: it may stand in a command line. */
  readonly url: string;
  /**
   * A header, "Name: value", that every request must carry; other users of the machine can reach the port too. It opens
   * the repository to whoever reads it: pass it by stdin or by environment (GIT_CONFIG_* http.extraHeader), never in argv.
   */
  readonly header: string;
  /** Bytes of bodies. */
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** The first thing that went wrong beyond the gate; the client's own message is misleading then. */
  readonly fault: HeadwaterError | null;
  /** Ends whatever is under way. Idempotent. */
  close(): Promise<void>;
}

const headerName = 'headwater-gate';

/** Opens a gate. After the first fault it answers everything with 502, so that a client which retries cannot try a password twice. */
export async function openGate(options: GateOptions): Promise<Gate> {
  const gate = new LoopbackGate(options);
  await gate.listen();
  return gate;
}

class LoopbackGate implements Gate {
  readonly #server: http.Server;
  readonly #key = randomBytes(24).toString('base64url');
  readonly #exchanges = new Set<RelayedExchange>();
  readonly #watch: GateWatch;
  #port = 0;
  #closing: Promise<void> | null = null;

  constructor(private readonly options: GateOptions) {
    this.#watch = new GateWatch(options, () => this.#cutOff());
    // A large push is one request that may last for hours; the gate's own limits watch it.
    this.#server = http.createServer({ requestTimeout: 0, keepAliveTimeout: 60_000 }, (request, response) =>
      this.#handle(request, response),
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/repo.git`;
  }

  get header(): string {
    return `${headerName}: ${this.#key}`;
  }

  get receivedBytes(): number {
    return this.#watch.receivedBytes;
  }

  get sentBytes(): number {
    return this.#watch.sentBytes;
  }

  get fault(): HeadwaterError | null {
    return this.#watch.fault;
  }

  async listen(): Promise<void> {
    this.#port = await this.#watch.listen(this.#server);
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#watch.end();
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    return this.#closing;
  }

  #handle(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { service, advertisement } = this.options;
    // libgit2 writes head and body of a request apart. On a connection that was used before, the kernel delays the
    // acknowledgement of the head by 40 ms, and the body waits for it; on a fresh one it does not.
    response.shouldKeepAlive = false;
    const listing = request.method === 'GET' && request.url === `/repo.git/info/refs?service=${service}`;
    const rpc = request.method === 'POST' && request.url === `/repo.git/${service}`;
    if (!this.#isKey(request.headers[headerName]) || !(listing || rpc)) {
      request.resume();
      response.writeHead(404).end();
      return;
    }
    if (this.fault !== null) {
      request.resume();
      response.writeHead(502).end();
      return;
    }
    if (listing && advertisement !== undefined) {
      response.writeHead(200, { 'content-type': `application/x-${service}-advertisement` }).end(advertisement);
      return;
    }
    this.#relay(request, response, listing ? 'advertisement' : 'rpc');
  }

  #relay(request: http.IncomingMessage, response: http.ServerResponse, purpose: 'advertisement' | 'rpc'): void {
    try {
      const exchange = relay(request, response, {
        ...this.options,
        purpose,
        onReceived: this.#watch.received,
        onSent: this.#watch.sent,
        onFault: (fault) => this.#watch.fail(fault),
        onClose: () => this.#exchanges.delete(exchange),
      });
      this.#exchanges.add(exchange);
    } catch (error) {
      this.#watch.fail({ kind: 'transport', error: error as Error });
      response.writeHead(502).end();
    }
  }

  #cutOff(): void {
    for (const exchange of this.#exchanges) exchange.destroy();
  }

  #isKey(given: string | string[] | undefined): boolean {
    if (typeof given !== 'string') return false;
    const [a, b] = [Buffer.from(given), Buffer.from(this.#key)];
    return a.length === b.length && timingSafeEqual(a, b);
  }
}
