import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
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

/** One commit with a pointer for each object. */
export function lfsSubject(root: string, objects: readonly { readonly oid: string; readonly size: number }[]): Subject {
  const source = new TempRepo();
  const files = objects.map(({ oid, size }, at) => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`;
    return `M 100644 inline ${at}.bin\ndata ${pointer.length}\n${pointer}\n`;
  });
  const attributes = '*.bin filter=lfs diff=lfs merge=lfs -text\n';
  const head = 'commit refs/heads/main\ncommitter B <b@example.org> 1700000000 +0000\ndata 8\nobjects\n\n';
  const first = `M 100644 inline .gitattributes\ndata ${attributes.length}\n${attributes}\n`;
  source.git(['fast-import', '--quiet'], [head, first, ...files].join(''));
  try {
    return copied('lfs', source.dir, root);
  } finally {
    source.remove();
  }
}

/** So many refs on few commits; `copyInto` makes a bare repository equal to it. */
export function manyRefsSubject(
  root: string,
  count: number,
): Subject & { readonly copyInto: (folder: string) => void } {
  const source = new TempRepo();
  try {
    const tips = Array.from({ length: 20 }, (_, at) => source.commit('main', `content ${at}`));
    const refs = Array.from({ length: count - 1 }, (_, at): [string, string] => [
      `refs/${at % 2 === 0 ? 'heads/topic' : 'tags/v'}-${at}`,
      tips[at % tips.length] ?? '',
    ]);
    source.packRefs(new Map([['refs/heads/main', tips.at(-1) ?? ''], ...refs]));
    const subject = copied('refs', source.dir, root);
    const copyInto = (folder: string) => {
      for (const part of ['objects', 'packed-refs'])
        cpSync(join(subject.dir, part), join(folder, part), { recursive: true });
    };
    return { ...subject, copyInto };
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
