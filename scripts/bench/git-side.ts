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
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** `git ls-remote`, so many times. */
  list(times: number): Promise<Figures> {
    return this.#measure(async () => {
      for (let count = times; count > 0; count -= 1) await this.#git(['ls-remote', '-q', this.upstreamUrl]);
    });
  }

  /** `git init`, `git fetch` and `git push` into an empty project. */
  async import(forgeUrl: string): Promise<Figures> {
    await rm(this.folder, { recursive: true, force: true });
    return this.#measure(async () => {
      await this.#git(['init', '-q', '--bare', this.folder]);
      await this.#fetch();
      await this.#push(forgeUrl);
    });
  }

  /** The same, with `git lfs fetch --all` and `git lfs push --all` in between. */
  async importWithLfs(forgeUrl: string): Promise<Figures> {
    await rm(this.folder, { recursive: true, force: true });
    return this.#measure(async () => {
      await this.#git(['init', '-q', '--bare', this.folder]);
      await this.#inFolder(['remote', 'add', 'upstream', this.upstreamUrl]);
      await this.#inFolder(['remote', 'add', 'forge', forgeUrl]);
      await this.#fetch();
      await this.#inFolder(['lfs', 'fetch', '--all', 'upstream']);
      await this.#inFolder(['lfs', 'push', '--all', 'forge']);
      await this.#push(forgeUrl);
    });
  }

  /** `git fetch` and `git push` in the repository of the import. */
  update(forgeUrl: string): Promise<Figures> {
    return this.#measure(async () => {
      await this.#fetch();
      await this.#push(forgeUrl);
    });
  }

  #fetch(): Promise<void> {
    return this.#inFolder(['fetch', '-q', this.upstreamUrl, ...refspecs]);
  }

  #push(forgeUrl: string): Promise<void> {
    return this.#inFolder(['push', '-q', forgeUrl, ...refspecs]);
  }

  #measure(work: () => Promise<void>): Promise<Figures> {
    return measure(ownChildren(this.except), work);
  }

  #inFolder(args: readonly string[]): Promise<void> {
    return this.#git(['-C', this.folder, ...args]);
  }

  #git(args: readonly string[]): Promise<void> {
    return git(args, this.env);
  }
}

const refspecs = ['refs/heads/*:refs/heads/*', 'refs/tags/*:refs/tags/*'];
const environment = {
  ...process.env,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
};

function git(args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { env: { ...environment, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`git ${args[0]} failed (${code}): ${said}`)),
    );
  });
}
