import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port';
import { until } from './until';

const sshdPath = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find((path) => existsSync(path)) ?? null;

export type HostKeyType = 'ed25519' | 'rsa' | 'ecdsa';

export interface SshServerOptions {
  readonly hostKeys?: readonly HostKeyType[];
  /** More lines of sshd_config. */
  readonly config?: readonly string[];
}

/** OpenSSH's own server, on a free port of the loopback address, for the user who runs the test. */
export class SshServer {
  readonly dir = mkdtempSync(join(tmpdir(), 'headwater-sshd-'));
  readonly user = userInfo().username;
  port = 0;
  #process: ChildProcess | null = null;

  private constructor(private readonly options: SshServerOptions) {
    // sshd trusts no file in a folder that others may write to.
    chmodSync(this.dir, 0o700);
    this.authorize();
    for (const type of options.hostKeys ?? ['ed25519']) this.newHostKey(type);
    // What the client asks for is written down before it is obeyed.
    writeFileSync(
      join(this.dir, 'command.sh'),
      `PATH='${this.dir}/bin':"$PATH"\nprintf '%s\\n' "$SSH_ORIGINAL_COMMAND" >> '${this.dir}/commands'\nexec sh -c "$SSH_ORIGINAL_COMMAND"\n`,
    );
  }

  static async start(options: SshServerOptions = {}): Promise<SshServer> {
    const server = new SshServer(options);
    server.port = await freePort();
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    if (sshdPath === null) throw new Error('sshd is not installed');
    // sshd as root refuses to start without this folder.
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const { hostKeys = ['ed25519'], config = [] } = this.options;
    const lines = [
      `Port ${this.port}`,
      'ListenAddress 127.0.0.1',
      ...hostKeys.map((type) => `HostKey ${this.dir}/host_${type}`),
      `PidFile ${this.dir}/pid`,
      `AuthorizedKeysFile ${this.dir}/authorized_keys`,
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'UsePAM no',
      'StrictModes no',
      'LogLevel VERBOSE',
      `ForceCommand sh ${this.dir}/command.sh`,
      ...config,
    ];
    writeFileSync(join(this.dir, 'sshd_config'), `${lines.join('\n')}\n`);
    const args = ['-D', '-f', join(this.dir, 'sshd_config'), '-E', join(this.dir, 'log')];
    this.#process = spawn(sshdPath, args, { stdio: 'ignore', env: { PATH: process.env['PATH'] } });
    await until(() => accepts(this.port));
    // It writes down later than it accepts; what our own look caused must not be taken for a client's.
    await until(() => this.connections > 0);
    this.forgetLog();
  }

  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await ended;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  url(path: string): string {
    return `ssh://${this.user}@127.0.0.1:${this.port}${path}`;
  }

  /** The only public keys that sign in. */
  authorize(...publicKeys: readonly string[]): void {
    writeFileSync(join(this.dir, 'authorized_keys'), publicKeys.map((key) => `${key}\n`).join(''), { mode: 0o600 });
  }

  /** Makes a host key, in place of the one of this type; sshd has it after a restart. */
  newHostKey(type: HostKeyType): void {
    const file = join(this.dir, `host_${type}`);
    rmSync(file, { force: true });
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
  }

  /** As known_hosts and .pub files have it. */
  hostKey(type: HostKeyType = 'ed25519'): string {
    return readFileSync(join(this.dir, `host_${type}.pub`), 'utf8').trim();
  }

  /** By ssh-keygen's word. */
  fingerprint(type: HostKeyType = 'ed25519'): string {
    return (
      execFileSync('ssh-keygen', ['-lf', join(this.dir, `host_${type}.pub`)])
        .toString()
        .split(' ')[1] ?? ''
    );
  }

  /** Gives the server a command: `script` runs with sh. */
  addCommand(name: string, script: string): void {
    mkdirSync(join(this.dir, 'bin'), { recursive: true });
    writeFileSync(join(this.dir, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** What sshd logged since `forgetLog`. */
  get log(): string {
    return readOr(join(this.dir, 'log'), '');
  }

  get connections(): number {
    return this.log.split('\n').filter((line) => line.includes('Connection from ')).length;
  }

  /** The commands that were asked for, word for word. */
  get commands(): string[] {
    return readOr(join(this.dir, 'commands'), '')
      .split('\n')
      .filter((line) => line !== '');
  }

  forgetLog(): void {
    for (const file of ['log', 'commands']) writeFileSync(join(this.dir, file), '');
  }
}

/** A suite against a real sshd; says so where there is none. */
export function describeSshd(title: string, suite: () => void): void {
  if (sshdPath !== null) describe(title, suite);
  else
    describe.skip(`${title} (skipped: sshd is not installed on this machine)`, () => {
      it.todo('needs the program sshd');
    });
}

function readOr(file: string, otherwise: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : otherwise;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
