import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const environment = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'A. Author',
  GIT_AUTHOR_EMAIL: 'author@example.org',
  GIT_COMMITTER_NAME: 'C. Committer',
  GIT_COMMITTER_EMAIL: 'committer@example.org',
};

/** A bare repository in a temporary folder, filled through git's plumbing, without a work tree. */
export class TempRepo {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'headwater-repo-'));
  readonly dir: string;
  #clock = 1_700_000_000;

  constructor(name = 'project.git', args: readonly string[] = []) {
    this.dir = path.join(this.root, name);
    execFileSync('git', ['init', '--bare', '-q', '-b', 'main', ...args, this.dir], { env: environment });
  }

  git(args: readonly string[], input: string | Buffer = ''): string {
    const options = { cwd: this.dir, env: environment, input, maxBuffer: 256 * 1024 * 1024 };
    return execFileSync('git', args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
      .toString()
      .trim();
  }

  /** Commits one file onto a branch, which may be new, and answers the commit. */
  commit(branch = 'main', content: string | Buffer = `content ${this.#clock}`, file = 'file.txt'): string {
    this.#clock += 60;
    const blob = this.git(['hash-object', '-w', '--stdin'], content);
    const tree = this.git(['mktree'], `100644 blob ${blob}\t${file}\n`);
    const parent = this.resolve(`refs/heads/${branch}`);
    const date = `${this.#clock} +0000`;
    const commit = execFileSync(
      'git',
      ['commit-tree', tree, '-m', `Change ${file}`, ...(parent === null ? [] : ['-p', parent])],
      { cwd: this.dir, env: { ...environment, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date } },
    );
    const oid = commit.toString().trim();
    this.git(['update-ref', `refs/heads/${branch}`, oid]);
    return oid;
  }

  /** Adds many refs at once: written one by one, they would take a minute. */
  packRefs(refs: ReadonlyMap<string, string>): void {
    const lines = [...refs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, oid]) => `${oid} ${name}\n`);
    fs.writeFileSync(path.join(this.dir, 'packed-refs'), `# pack-refs with: sorted \n${lines.join('')}`);
  }

  /** A pack of everything that these revisions lead to. */
  pack(...revisions: readonly string[]): Buffer {
    return execFileSync('git', ['pack-objects', '--revs', '-q', '--stdout', '--delta-base-offset'], {
      cwd: this.dir,
      env: environment,
      input: `${revisions.join('\n')}\n`,
      maxBuffer: 256 * 1024 * 1024,
    });
  }

  /** The object that a revision names, or null. */
  resolve(revision: string): string | null {
    try {
      return this.git(['rev-parse', '--verify', '-q', revision]);
    } catch {
      return null;
    }
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
