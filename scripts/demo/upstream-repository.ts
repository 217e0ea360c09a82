import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import type { Git } from './demo-git';

export interface UpstreamRepository {
  readonly path: string;
  /** Where its history comes from, for people. */
  readonly origin: string;
  readonly defaultBranch: string;
  readonly commits: number;
}

/**
 * Makes the bare repository that the demo serves as upstream: a copy of `from` where one is given, else of the project's own
 * history, else a small sample.
 */
export async function makeUpstreamRepository(
  git: Git,
  path: string,
  project: string,
  from: string | null,
): Promise<UpstreamRepository> {
  let origin = from;
  if (from !== null) {
    await git(['clone', '--quiet', '--bare', '--', from, path]);
  } else if (await hasCommits(git, project)) {
    origin = "this project's own history";
    await copyProject(git, project, path);
  } else {
    origin = 'a small sample';
    await makeSample(git, path);
  }
  const defaultBranch = await settleHead(git, path);
  const commits = Number(await git(['rev-list', '--count', '--branches', '--tags'], { cwd: path }));
  return { path, origin: origin ?? '', defaultBranch, commits };
}

/** Adds a commit with one new file to a branch, without a work tree. Answers its id. */
export async function commitTo(git: Git, repository: UpstreamRepository, file: string, text: string): Promise<string> {
  const { path, defaultBranch } = repository;
  const at = { cwd: path, env: { GIT_INDEX_FILE: `${path}/demo-index` } };
  const branch = `refs/heads/${defaultBranch}`;
  const parent = await git(['rev-parse', branch], at);
  await git(['read-tree', parent], at);
  const blob = await git(['hash-object', '-w', '--stdin'], { ...at, input: text });
  await git(['update-index', '--add', '--cacheinfo', `100644,${blob},${file}`], at);
  const tree = await git(['write-tree'], at);
  const commit = await git(['commit-tree', tree, '-p', parent, '-m', `Add ${file}`], at);
  await git(['update-ref', branch, commit, parent], at);
  return commit;
}

async function hasCommits(git: Git, project: string): Promise<boolean> {
  if (!existsSync(`${project}/.git`)) return false;
  return git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { cwd: project }).then(
    () => true,
    () => false,
  );
}

/** Commits cannot be pushed on top of a history that was cut off, so that of a shallow clone is written anew. */
async function copyProject(git: Git, project: string, path: string): Promise<void> {
  await git(['clone', '--quiet', '--bare', '--no-hardlinks', '--', project, path]);
  if ((await git(['rev-parse', '--is-shallow-repository'], { cwd: path })) !== 'true') return;
  const branch = await settleHead(git, path);
  const shallow = `${path}-shallow`;
  await rename(path, shallow);
  await git(['init', '--quiet', '--bare', `--initial-branch=${branch}`, path]);
  await git.copyAsWhole(shallow, path);
}

async function makeSample(git: Git, path: string): Promise<void> {
  await git(['init', '--quiet', '--bare', '--initial-branch=main', path]);
  const tree = await git(['hash-object', '-t', 'tree', '-w', '--stdin'], { cwd: path, input: '' });
  let parent: string | null = null;
  for (let number = 1; number <= 20; number += 1) {
    const from: string[] = parent === null ? [] : ['-p', parent];
    parent = await git(['commit-tree', tree, ...from, '-m', `Sample commit ${number}`], { cwd: path });
  }
  await git(['update-ref', 'refs/heads/main', parent ?? ''], { cwd: path });
  await git(['tag', 'v1.0'], { cwd: path });
}

/** A clone of a checkout without a branch, as build machines make, has a HEAD that names no branch. */
async function settleHead(git: Git, path: string): Promise<string> {
  const branches = (await git(['for-each-ref', '--format=%(refname:short)', 'refs/heads'], { cwd: path })).split('\n');
  const named = await git(['symbolic-ref', '--short', '--quiet', 'HEAD'], { cwd: path }).catch(() => '');
  if (named !== '' && branches.includes(named)) return named;
  let branch = ['main', 'master'].find((name) => branches.includes(name)) ?? branches[0] ?? '';
  if (branch === '') {
    branch = 'main';
    await git(['update-ref', 'refs/heads/main', 'HEAD'], { cwd: path });
  }
  await git(['symbolic-ref', 'HEAD', `refs/heads/${branch}`], { cwd: path });
  return branch;
}
