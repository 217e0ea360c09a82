import { randomBytes, timingSafeEqual } from 'node:crypto';
import net from 'node:net';
import type { HeadwaterError } from '../../../domain/errors';
import type { Gate } from '../../../git-http/gate';
import { GateWatch, type GateLimits } from '../../../git-http/gate-watch';
import type { TakePack } from '../../../git-http/pack-tap';
import { faultIn } from './ssh-fault';
import { SshExchange } from './ssh-exchange';
import type { SshPlace } from './ssh-command';

export interface SshGateOptions extends SshPlace, GateLimits {
  /** What the client is told of the refs: pkt-lines that end with a flush. */
  readonly advertisement: Buffer;
  /** Is shown the pack as it comes, before the client (git-http/pack-tap). */
  readonly takePack?: TakePack | undefined;
}

/** A gate whose address alone opens it: the repository's name in it is random. */
export type SshGate = Omit<Gate, 'header'> & { readonly header: null };

const maxRequestBytes = 1024;
const requestTimeoutMs = 10_000;

/**
 * The gate for SSH: speaks git:// on the loopback address for one job and one client, and passes it on to a git-upload-pack
 * at the upstream. The client meets neither keys nor the network; see git-http/gate for the gate of HTTP.
 */
export async function openSshGate(options: SshGateOptions): Promise<SshGate> {
  const gate = new LoopbackSshGate(options);
  await gate.listen();
  return gate;
}

class LoopbackSshGate implements SshGate {
  readonly header = null;
  readonly #server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#receive(client));
  readonly #token = randomBytes(24).toString('base64url');
  readonly #clients = new Set<net.Socket>();
  readonly #watch: GateWatch;
  #exchange: SshExchange | null = null;
  #port = 0;
  #closing: Promise<void> | null = null;

  constructor(private readonly options: SshGateOptions) {
    this.#watch = new GateWatch(options, () => this.#cutOff());
  }

  get url(): string {
    return `git://127.0.0.1:${this.#port}/${this.#token}`;
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
    });
    return this.#closing;
  }

  /** The request line of git's own protocol: "git-upload-pack /token\0host=...\0". Whoever says something else is not ours. */
  #receive(client: net.Socket): void {
    this.#clients.add(client);
    client.on('error', () => client.destroy());
    client.on('close', () => this.#clients.delete(client));
    client.setTimeout(requestTimeoutMs, () => client.destroy());
    let request = Buffer.alloc(0);
    const read = (chunk: Buffer) => {
      request = Buffer.concat([request, chunk]);
      const length = request.length < 4 ? 4 : Number.parseInt(request.toString('latin1', 0, 4), 16);
      if (!(length >= 4 && length <= maxRequestBytes)) return client.destroy();
      if (request.length < Math.max(length, 5)) return;
      client.off('data', read);
      client.pause();
      client.setTimeout(0);
      if (!this.#isOurs(request.toString('latin1', 4, length))) return client.destroy();
      if (request.length > length) client.unshift(request.subarray(length));
      this.#serve(client);
    };
    client.on('data', read);
  }

  /** One fetch is one connection; a second one would sign in a second time. */
  #serve(client: net.Socket): void {
    if (this.fault !== null || this.#exchange !== null || this.#closing !== null) {
      client.destroy();
      return;
    }
    const exchange = new SshExchange(this.options, client, {
      onReceived: this.#watch.received,
      onSent: this.#watch.sent,
    });
    this.#exchange = exchange;
    exchange.run().catch((thrown: unknown) => this.#watch.fail(faultIn(thrown)));
  }

  #cutOff(): void {
    this.#exchange?.close();
    for (const client of this.#clients) client.destroy();
  }

  #isOurs(request: string): boolean {
    const [line = ''] = request.split('\0');
    const [given, expected] = [Buffer.from(line), Buffer.from(`git-upload-pack /${this.#token}`)];
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
