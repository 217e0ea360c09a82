import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { withPipes } from '../../git-http/exhaustion';
import { killGroup } from '../../git-http/run-git';
import { FetchMessageReader, type FetchMessage } from './fetch-messages';

export interface FetchChildOptions {
  /** The child's program; by default the one of this build. A .ts file is run through tsx. */
  readonly entry?: string;
  readonly limits: FetchChildLimits;
}

export interface FetchChildLimits {
  /** Memory that the child may allocate. */
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
  /** Size of any one file that it writes. */
  readonly fileBytes: number;
}

/** How a child ended. */
export interface FetchChildEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The start of what it wrote to standard error. */
  readonly stderr: string;
  /** It wrote something that no honest child writes, and was killed for it. */
  readonly garbage: boolean;
  /** Why there never was a process. */
  readonly notStarted: Error | null;
}

const maxStderrBytes = 16 * 1024;

/**
 * One process for one fetch. It may be started ahead of its job, since loading nodegit takes a third of a second.
 * Raises server_exhausted.
 */
export class FetchChild {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #reader = new FetchMessageReader();
  #onMessage: (message: FetchMessage) => void = () => {};
  #stderr = '';
  #notStarted: Error | null = null;
  #garbage = false;
  #ended = false;
  /** Resolves once the process is gone. Never rejects. */
  readonly ended: Promise<FetchChildEnd>;

  constructor(options: FetchChildOptions) {
    const [command, ...args] = commandLine(options.entry ?? defaultEntry(), options.limits);
    this.#process = withPipes(() =>
      spawn(command, args, {
        cwd: '/',
        // libgit2 would read configuration in HOME, and obey it (SSRF-10).
        env: { HOME: '/nonexistent', PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
      }),
    );
    this.#process.stdin.on('error', () => {}); // a dead child; `ended` tells
    this.#process.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#process.stderr.on('data', (chunk: Buffer) => {
      if (this.#stderr.length < maxStderrBytes) this.#stderr += chunk.toString('latin1', 0, maxStderrBytes);
    });
    this.ended = new Promise((resolve) => {
      const end = (exitCode: number | null, signal: NodeJS.Signals | null) => {
        this.#ended = true;
        resolve({ exitCode, signal, stderr: this.#stderr, garbage: this.#garbage, notStarted: this.#notStarted });
      };
      this.#process.once('error', (error) => {
        this.#stderr += error.message;
        this.#notStarted = error;
        end(null, null);
      });
      this.#process.once('close', end);
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get isAlive(): boolean {
    return !this.#ended;
  }

  /** Gives the child its only job. */
  start(job: object, onMessage: (message: FetchMessage) => void): void {
    this.#onMessage = onMessage;
    this.#process.stdin.write(`${JSON.stringify(job)}\n`);
  }

  /** Kills it and whatever it started; `ended` follows within milliseconds. */
  kill(): void {
    if (this.#process.pid !== undefined) killGroup(this.#process.pid);
  }

  #read(chunk: Buffer): void {
    if (this.#garbage) return;
    const messages = this.#reader.push(chunk);
    if (messages === null) {
      this.#garbage = true;
      this.kill();
      return;
    }
    for (const message of messages) this.#onMessage(message);
  }
}

function commandLine(entry: string, limits: FetchChildLimits): [string, ...string[]] {
  const run = [process.execPath, ...(entry.endsWith('.ts') ? ['--require', require.resolve('tsx/cjs')] : []), entry];
  const prlimit = '/usr/bin/prlimit';
  if (!existsSync(prlimit)) return run as [string, ...string[]];
  return [
    prlimit,
    '--core=0',
    '--nofile=512',
    // Not --as: V8 reserves far more addresses than it uses.
    `--data=${limits.memoryBytes}`,
    // At the first limit the kernel says why it kills, at the second it does not.
    `--cpu=${limits.cpuSeconds}:${limits.cpuSeconds + 10}`,
    `--fsize=${limits.fileBytes}`,
    ...run,
  ];
}

function defaultEntry(): string {
  return path.join(__dirname, '../../fetch-child', `main${path.extname(__filename)}`);
}
