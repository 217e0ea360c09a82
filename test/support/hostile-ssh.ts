import net, { type AddressInfo } from 'node:net';
import { Server, utils, type Connection, type ServerChannel } from 'ssh2';

export interface HostileSshBehaviour {
  /** Takes every connection and never says a word. */
  readonly mute?: boolean;
  /** Says this in place of an SSH greeting, and leaves. */
  readonly greeting?: string;
  /** Never answers a sign-in. */
  readonly noSignIn?: boolean;
  /** Never answers the command. */
  readonly noCommand?: boolean;
  /** What the command does; `count` is 1 for the first one. */
  readonly run?: (channel: ServerChannel, count: number, connection: Connection) => void;
}

// One in two hundred of the library's ed25519 keys is malformed, so an RSA key.
const hostKey = utils.generateKeyPairSync('rsa', { bits: 2048 });

/** An SSH server that does what none should. */
export class HostileSsh {
  readonly hostKey = hostKey.public;
  readonly #open = new Set<net.Socket>();
  readonly #server: net.Server;
  connections = 0;
  commands = 0;
  behaviour: HostileSshBehaviour = {};

  private constructor() {
    const ssh = new Server({ hostKeys: [hostKey.private] }, (connection) => this.#serve(connection));
    this.#server = net.createServer((socket) => {
      this.connections += 1;
      this.#open.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => this.#open.delete(socket));
      const { mute, greeting } = this.behaviour;
      if (greeting !== undefined) socket.end(greeting);
      else if (mute !== true) ssh.injectSocket(socket);
    });
  }

  static async start(): Promise<HostileSsh> {
    const server = new HostileSsh();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `ssh://git@127.0.0.1:${(this.#server.address() as AddressInfo).port}/project.git`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      for (const socket of this.#open) socket.destroy();
      this.#server.close(() => resolve());
    });
  }

  #serve(connection: Connection): void {
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => {
      if (this.behaviour.noSignIn !== true) context.accept();
    });
    connection.on('session', (accept) => {
      accept().on('exec', (acceptCommand) => {
        if (this.behaviour.noCommand === true) return;
        const channel = acceptCommand();
        channel.on('error', () => undefined);
        this.behaviour.run?.(channel, (this.commands += 1), connection);
      });
    });
  }
}
