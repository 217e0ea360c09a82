import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { measure, type Figures } from './measure';
import { ownChildren } from './process-tree';

/** The git command line doing the same job by hand. */
export class GitSide {
  constructor(
    private readonly upstreamUrl: string,
    private readonly folder: string,
    private readonly except: ReadonlySet<number>,
  ) {}

  /** `git ls-remote`, so many times. */
  list(times: number): Promise<Figures> {
    return this.#measure(async () => {
      for (let count = times; count > 0; count -= 1) await git(['ls-remote', '-q', this.upstreamUrl]);
    });
  }

  /** `git init`, `git fetch` and `git push` into an empty project. */
  async import(forgeUrl: string): Promise<Figures> {
    await rm(this.folder, { recursive: true, force: true });
    return this.#measure(async () => {
      await git(['init', '-q', '--bare', this.folder]);
      await this.#fetchAndPush(forgeUrl);
    });
  }

  /** `git fetch` and `git push` in the repository of the import. */
  update(forgeUrl: string): Promise<Figures> {
    return this.#measure(() => this.#fetchAndPush(forgeUrl));
  }

  async #fetchAndPush(forgeUrl: string): Promise<void> {
    await git([
      '-C',
      this.folder,
      'fetch',
      '-q',
      this.upstreamUrl,
      'refs/heads/*:refs/heads/*',
      'refs/tags/*:refs/tags/*',
    ]);
    await git(['-C', this.folder, 'push', '-q', forgeUrl, 'refs/heads/*:refs/heads/*', 'refs/tags/*:refs/tags/*']);
  }

  #measure(work: () => Promise<void>): Promise<Figures> {
    return measure(ownChildren(this.except), work);
  }
}

const environment = {
  ...process.env,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
};

function git(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`git ${args[0]} failed (${code}): ${said}`)),
    );
  });
}
