import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TempRepo } from '../../test/support/temp-repo';

/** A repository that serves as the upstream of a measurement. */
export interface Subject {
  readonly name: string;
  readonly dir: string;
  readonly about: string;
  /** Adds one commit to its default branch. */
  commit(): void;
}

/** Forty commits on three branches and three tags, made here. */
export function smallSubject(root: string): Subject {
  const source = new TempRepo();
  for (let count = 0; count < 40; count += 1)
    source.commit('main', `line ${count}\n`.repeat(50), `file-${count % 10}.txt`);
  source.git(['branch', 'dev', 'main~5']);
  source.git(['branch', 'old', 'main~20']);
  for (const tag of ['v1', 'v2', 'v3']) source.git(['tag', tag, `main~${tag.slice(1)}`]);
  try {
    return copied('small', source.dir, root);
  } finally {
    source.remove();
  }
}

/** A copy of a repository of the user's; branches and tags only. */
export function copied(name: string, from: string, root: string): Subject {
  const dir = join(root, `${name}.git`);
  mkdirSync(root, { recursive: true });
  git(root, ['init', '-q', '--bare', dir]);
  git(dir, ['fetch', '-q', '--no-tags', from, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']);
  git(dir, ['repack', '-adq']);
  git(dir, ['pack-refs', '--all']);
  const branches = git(dir, ['for-each-ref', '--format=%(refname)', 'refs/heads']).split('\n');
  const head = ['refs/heads/main', 'refs/heads/master'].find((name) => branches.includes(name)) ?? branches[0] ?? '';
  git(dir, ['symbolic-ref', 'HEAD', head]);
  writeFileSync(join(dir, 'git-daemon-export-ok'), '');

  const refs = git(dir, ['for-each-ref', '--format=%(refname)']).split('\n').length;
  const sizes = /size-pack: (\d+)/.exec(git(dir, ['count-objects', '-v']))?.[1] ?? '0';
  const objects = /in-pack: (\d+)/.exec(git(dir, ['count-objects', '-v']))?.[1] ?? '0';
  let commits = 0;
  return {
    name,
    dir,
    about: `${refs} refs, ${objects} objects, ${(Number(sizes) / 1024).toFixed(1)} MiB packed`,
    commit: () => {
      commits += 1;
      const tree = git(dir, ['rev-parse', 'HEAD^{tree}']);
      const oid = git(dir, [
        '-c',
        'user.name=B',
        '-c',
        'user.email=b@example.org',
        'commit-tree',
        tree,
        '-p',
        'HEAD',
        '-m',
        `commit ${commits}`,
      ]);
      git(dir, ['update-ref', 'HEAD', oid]);
    },
  };
}

function git(cwd: string, args: readonly string[]): string {
  return execFileSync('git', args, { cwd, maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] })
    .toString()
    .trim();
}
