import type net from 'node:net';
import { Client, type ClientChannel } from 'ssh2';
import { HeadwaterError } from '../../../domain/errors';
import type { SshTarget } from '../../../domain/ssh-url';
import type { UpstreamUrl } from '../../../domain/upstream-url';
import type { GuardedDialer } from '../../../git-http/guarded-dialer';
import type { HttpFault, HttpPhase } from '../../../git-http/http-fault';
import { StallWatch } from '../../../git-http/stall-watch';
import type { SshAccess } from '../../../ports/upstream';
import { detectHostKeys } from './detect-host-keys';
import { algorithmsFor, hostKeyOf } from './host-key';
import { connectionFault, isNoCommonHostKey, ourFault, SshFault, type ExecEnd, type Ssh2Error } from './ssh-fault';

export interface SshPlace {
  readonly url: UpstreamUrl;
  readonly ssh: SshTarget;
  readonly access: SshAccess;
  readonly dialer: Pick<GuardedDialer, 'connect'>;
  /** Silence for so long ends the signing in; ms. */
  readonly idleTimeoutMs: number;
}

/** A command that runs at the upstream. */
export interface SshCommand {
  readonly channel: ClientChannel;
  /** Resolves when the command has ended or the connection is gone. Never rejects. */
  readonly ended: Promise<ExecEnd>;
  /** Ends command and connection. Idempotent. */
  close(): void;
}

const maxStderrBytes = 4096;

/** Starts git-upload-pack for the place's repository; see `openSshCommand`. */
export function openUploadPack(place: SshPlace, signal: AbortSignal): Promise<SshCommand> {
  return openSshCommand(place, `git-upload-pack ${quote(place.ssh.path)}`, signal);
}

/**
 * Connects, checks the host key, signs in with one of the keys and starts a command. One connection, whatever the
 * outcome, but for a server that has none of the pinned types of host key: then a second look says what it has.
 * Raises SshFault, and the reason of an aborted signal.
 */
export async function openSshCommand(place: SshPlace, command: string, signal: AbortSignal): Promise<SshCommand> {
  signal.throwIfAborted();
  const socket = await connect(place, signal);
  const attempt = new Attempt(place, socket, command);
  const onAbort = () => attempt.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await attempt.run();
  } catch (thrown) {
    attempt.close();
    if (attempt.noCommonHostKey) throw new SshFault(await otherHostKeyFault(place, signal));
    throw thrown;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function connect({ dialer, url, ssh }: SshPlace, signal: AbortSignal): Promise<net.Socket> {
  try {
    return await dialer.connect(url.host, ssh.port, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    throw new SshFault({ kind: 'transport', error: thrown as NodeJS.ErrnoException });
  }
}

/** The way from a TCP connection to a running command. */
class Attempt {
  readonly #client = new Client();
  #phase: HttpPhase = 'connecting';
  #refused: HeadwaterError | null = null;
  #reject: (error: unknown) => void = () => undefined;
  #keysTried = 0;
  noCommonHostKey = false;

  constructor(
    private readonly place: SshPlace,
    private readonly socket: net.Socket,
    private readonly command: string,
  ) {}

  abort(reason: unknown): void {
    this.#reject(reason);
    this.close();
  }

  close(): void {
    this.#client.end();
    this.socket.destroy();
  }

  async run(): Promise<SshCommand> {
    const { idleTimeoutMs } = this.place;
    const watch = new StallWatch(idleTimeoutMs, () =>
      this.#fail({ kind: 'stalled', phase: this.#phase, idleTimeoutMs }),
    );
    try {
      return await new Promise<SshCommand>((resolve, reject) => {
        this.#reject = reject;
        const client = this.#client;
        // These stay for the life of the connection: an error without a listener would end the process.
        client.on('error', (error: Ssh2Error) => this.#failWith(error));
        client.on('close', () => this.#failWith(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
        client.once('handshake', () => (this.#phase = 'signing in'));
        client.once('ready', () => {
          this.#phase = 'listing refs';
          const used = this.place.access.keys[this.#keysTried - 1];
          if (used !== undefined) this.place.access.onKeyWorked(used.publicKey);
          client.exec(this.command, (error, channel) => {
            if (error === undefined) resolve(this.#running(channel));
            else this.#fail({ kind: 'refused', text: 'it runs no commands' });
          });
        });
        this.#start();
        this.socket.on('data', () => watch.touch());
      });
    } finally {
      watch.stop();
    }
  }

  #start(): void {
    const { access, ssh } = this.place;
    this.#client.connect({
      sock: this.socket,
      username: ssh.user,
      readyTimeout: 0, // the watch sees to it
      algorithms: { serverHostKey: algorithmsFor(access.hostKeys) },
      hostVerifier: (blob: Buffer) => this.#isPinned(blob),
      authHandler: (_left, _partial, next) => {
        const key = access.keys[this.#keysTried];
        this.#keysTried += 1;
        // The types know no end of the keys, though the library asks for `false`.
        const end = false as unknown as 'none';
        if (key === undefined) next(end);
        else next({ type: 'publickey', username: ssh.user, key: key.privateKey.reveal() });
      },
    });
  }

  #isPinned(blob: Buffer): boolean {
    const { access, url } = this.place;
    const seen = hostKeyOf(blob);
    if (access.hostKeys.some((pinned) => pinned.key === seen.key)) return true;
    access.onHostKeyRefused(seen);
    this.#refused = hostKeyChanged(url.host, access, seen.fingerprint);
    return false;
  }

  #failWith(error: Ssh2Error): void {
    this.noCommonHostKey ||= isNoCommonHostKey(error);
    const { url, ssh } = this.place;
    const signingIn = this.#phase === 'signing in';
    this.#fail(
      this.#refused !== null
        ? ourFault(this.#refused)
        : connectionFault(error, { host: url.host, user: ssh.user, signingIn }),
    );
  }

  #fail(fault: HttpFault): void {
    this.#reject(new SshFault(fault));
  }

  #running(channel: ClientChannel): SshCommand {
    let stderr = '';
    let exitCode: number | null = null;
    channel.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < maxStderrBytes) stderr += chunk.toString('utf8', 0, maxStderrBytes);
    });
    channel.on('exit', (code: number | null) => (exitCode = code));
    channel.on('error', () => undefined); // `ended` tells
    const ended = new Promise<ExecEnd>((resolve) => channel.once('close', () => resolve({ exitCode, stderr })));
    return { channel, ended, close: () => this.close() };
  }
}

/** The server has no key of a pinned type: told like a changed key, with one that it has. */
async function otherHostKeyFault(place: SshPlace, signal: AbortSignal): Promise<HttpFault> {
  const { url, access } = place;
  try {
    const [seen] = await detectHostKeys(place, signal);
    if (seen === undefined) throw new HeadwaterError('internal');
    access.onHostKeyRefused(seen);
    return ourFault(hostKeyChanged(url.host, access, seen.fingerprint));
  } catch (thrown) {
    if (thrown instanceof SshFault) return thrown.fault;
    throw thrown;
  }
}

function hostKeyChanged(host: string, access: SshAccess, seen: string): HeadwaterError {
  const confirmed = access.hostKeys.map((key) => key.fingerprint).join(', ');
  return new HeadwaterError('upstream_host_key_changed', { host, seen, confirmed });
}

/** A path for the upstream's shell. The address admits no quotes, so nothing ends this one (SSRF-11). */
export function quote(path: string): string {
  if (/['!\\\n]/.test(path) || path.startsWith('-')) throw new HeadwaterError('internal');
  return `'${path}'`;
}
