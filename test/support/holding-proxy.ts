import net, { type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy that lets so many bytes of answers through and then holds everything still, until it is told to go on. */
export class HoldingProxy {
  readonly #server: net.Server;
  readonly #sockets = new Set<Socket>();
  #remaining = Infinity;
  #held: Socket[] = [];
  #whenHeld: (() => void) | null = null;

  private constructor(targetPort: number) {
    this.#server = net.createServer((client) => {
      const server = net.connect(targetPort, '127.0.0.1');
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.#sockets.delete(socket);
          client.destroy();
          server.destroy();
        });
      }
      client.pipe(server);
      server.on('data', (chunk: Buffer) => {
        const passed = chunk.subarray(0, Math.max(0, this.#remaining));
        this.#remaining -= chunk.length;
        client.write(passed);
        if (this.#remaining >= 0) return;
        server.pause();
        this.#held.push(server);
        this.#whenHeld?.();
      });
      server.on('end', () => client.end());
    });
  }

  static async start(targetPort: number): Promise<HoldingProxy> {
    const proxy = new HoldingProxy(targetPort);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves once `bytes` of answers have gone through and more are waiting. */
  holdAfter(bytes: number): Promise<void> {
    this.#remaining = bytes;
    return new Promise((resolve) => (this.#whenHeld = resolve));
  }

  /** Lets everything through again; what was held is cut off, as its bytes are lost. */
  release(): void {
    this.#remaining = Infinity;
    this.#whenHeld = null;
    for (const socket of this.#held.splice(0)) socket.destroy();
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
