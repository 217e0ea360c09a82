import { spawn } from 'node:child_process';
import os from 'node:os';
import { exhaustionOf, withPipes } from './exhaustion';
import { abortReason } from './list-refs';

export interface GitCommand {
  /** Arguments of git; never a secret, as every user of the machine can read them. */
  readonly args: readonly string[];
  readonly gitPath?: string;
  readonly cwd?: string;
  /** Beside the clean environment that every git gets. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  /** Kills git and all that it started. */
  readonly signal?: AbortSignal;
  /** What is printed beyond this is dropped, per stream. */
  readonly maxOutputBytes?: number;
  /** Leave the processor to others. */
  readonly lowPriority?: boolean;
  /** Text as it comes, such as progress. */
  readonly onStderr?: (text: string) => void;
}

export interface GitOutcome {
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What git must not learn from its surroundings: other configuration, other repositories, replaced objects, prompts. */
export const cleanEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
};

/**
 * Runs git without a shell, in a process group of its own. Resolves whatever the exit code is; raises the reason of an
 * aborted signal, server_exhausted, and the system's error when git cannot be started.
 */
export async function runGit(command: GitCommand): Promise<GitOutcome> {
  const { signal, maxOutputBytes = 16 * 1024 * 1024 } = command;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = withPipes(() =>
      spawn(command.gitPath ?? 'git', command.args, {
        cwd: command.cwd,
        env: { ...cleanEnvironment, ...command.env },
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
      }),
    );
    if (command.lowPriority === true && child.pid !== undefined) os.setPriority(child.pid, 10);
    const onAbort = () => {
      if (child.pid !== undefined) killGroup(child.pid);
    };
    signal?.addEventListener('abort', onAbort, { once: true });

    const stdout = new CappedOutput(maxOutputBytes);
    const stderr = new CappedOutput(maxOutputBytes);
    child.stdout.on('data', (chunk: Buffer) => stdout.add(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      stderr.add(chunk);
      command.onStderr?.(chunk.toString());
    });
    child.once('error', (error) => {
      signal?.removeEventListener('abort', onAbort);
      reject(exhaustionOf(error) ?? error);
    });
    child.once('close', (exitCode) => {
      signal?.removeEventListener('abort', onAbort);
      if (signal?.aborted) reject(abortReason(signal));
      else resolve({ exitCode, stdout: stdout.text(), stderr: stderr.text() });
    });
    // A git that does not read its input to the end breaks the pipe; its exit code tells why.
    child.stdin.on('error', () => {});
    child.stdin.end(command.input ?? '');
  });
}

/** Ends a process that was started `detached`, and everything it started. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

class CappedOutput {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(private readonly maxBytes: number) {}

  add(chunk: Buffer): void {
    const kept = chunk.subarray(0, this.maxBytes - this.#bytes);
    if (kept.length > 0) this.#chunks.push(kept);
    this.#bytes += kept.length;
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}
