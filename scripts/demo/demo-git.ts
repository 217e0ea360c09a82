import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runGit } from '../../src/git-http/run-git';

export interface GitOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Git {
  /** Runs git and answers what it printed, trimmed. Rejects with git's own words. */
  (args: readonly string[], options?: GitOptions): Promise<string>;
  /** Writes a shallow repository's history anew into an empty one, as if it had begun there. */
  copyAsWhole(from: string, to: string): Promise<void>;
}

/**
 * Git with a home of its own, so that no configuration of the machine changes the demo. The machine's environment is kept for
 * proxies and certificates, but not what points git at another repository.
 */
export async function createGit(home: string): Promise<Git> {
  const configFile = join(home, 'gitconfig');
  // The project may belong to another user than the one who runs the demo, as it does in a container.
  await writeFile(configFile, '[safe]\n\tdirectory = *\n[gc]\n\tauto = 0\n');
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_') || name.startsWith('GIT_SSL_'));
  const machine = Object.fromEntries(kept) as Record<string, string>;
  const person = { NAME: 'Headwater demo', EMAIL: 'demo@example.org' };
  const env = {
    ...machine,
    HOME: home,
    GIT_CONFIG_GLOBAL: configFile,
    GIT_AUTHOR_NAME: person.NAME,
    GIT_AUTHOR_EMAIL: person.EMAIL,
    GIT_COMMITTER_NAME: person.NAME,
    GIT_COMMITTER_EMAIL: person.EMAIL,
  };
  await writeFile(join(home, '.gitconfig'), `[include]\n\tpath = ${configFile}\n`);

  const git = async (args: readonly string[], options: GitOptions = {}) => {
    const outcome = await runGit({ ...options, args, env: { ...env, ...options.env } });
    if (outcome.exitCode === 0) return outcome.stdout.trim();
    throw new Error(`git ${args[0] ?? ''} failed: ${outcome.stderr.trim().slice(-500)}`);
  };
  const copyAsWhole = async (from: string, to: string) => {
    await promisify(execFile)('sh', ['-c', copyScript, 'sh', from, to], { env });
  };
  return Object.assign(git, { copyAsWhole });
}

const copyScript =
  'git --git-dir="$1" fast-export --signed-tags=strip --tag-of-filtered-object=drop --branches --tags |' +
  ' git --git-dir="$2" fast-import --quiet';
