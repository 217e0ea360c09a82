import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { HeadwaterError } from '../../domain/errors';
import { withPipes } from '../../git-http/exhaustion';
import { cleanEnvironment, killGroup } from '../../git-http/run-git';

export interface GitReader {
  readonly gitPath?: string;
  readonly cacheDir: string;
  readonly signal: AbortSignal;
}

/** A git whose output is read as it comes, because there may be more of it than memory. */
export interface RunningGit {
  readonly input: Writable;
  readonly output: Readable;
  /** Raises upstream_corrupt when git failed, and the reason of an aborted signal. */
  finished(): Promise<void>;
  /** Idempotent. */
  kill(): void;
}

const maxErrorText = 4096;

export function startGit({ gitPath = 'git', cacheDir, signal }: GitReader, args: readonly string[]): RunningGit {
  signal.throwIfAborted();
  const child: ChildProcessByStdio<Writable, Readable, Readable> = withPipes(() =>
    spawn(gitPath, ['--git-dir', cacheDir, ...args], {
      env: cleanEnvironment,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    }),
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (said.length < maxErrorText) said += chunk.toString();
  });
  // A git that does not read its input to the end breaks the pipe; its exit code tells why.
  child.stdin.on('error', () => {});
  const ended = once(child, 'close') as Promise<[number | null]>;
  // Whoever asks for the end hears of a failure; nobody has to ask.
  ended.catch(() => {});
  const kill = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killGroup(child.pid);
  };
  signal.addEventListener('abort', kill, { once: true });
  child.once('close', () => signal.removeEventListener('abort', kill));
  return {
    input: child.stdin,
    output: child.stdout,
    kill,
    async finished() {
      const [exitCode] = await ended;
      signal.throwIfAborted();
      if (exitCode !== 0)
        throw new HeadwaterError('upstream_corrupt', { why: 'its history cannot be read' }, { cause: new Error(said) });
    },
  };
}

/**
 * The lines of a git's output, as many at a time as came; raises as `finished` does once they end. Leaving early kills it.
 */
export async function* linesOf(git: RunningGit): AsyncGenerator<readonly string[]> {
  let rest = '';
  try {
    for await (const chunk of git.output as AsyncIterable<Buffer>) {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      yield lines;
    }
    await git.finished();
    if (rest !== '') yield [rest];
  } finally {
    git.kill();
  }
}
