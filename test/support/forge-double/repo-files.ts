import { execFile } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { writeHooks } from './hook-scripts';

const run = promisify(execFile);

/** Where a forge keeps a bare repository. */
export function repoPath(root: string, owner: string, name: string): string {
  return join(root, owner.toLowerCase(), `${name.toLowerCase()}.git`);
}

/** Output of a git command in a repository. */
export async function git(path: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd: path, maxBuffer: 64 << 20 });
  return stdout;
}

/** Makes a bare repository with the forge's hooks. */
export async function createRepoFiles(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', path]);
  await configure(path);
}

/** The first commit, of an empty tree. */
export async function commitFirst(path: string): Promise<void> {
  const tree = (await git(path, 'write-tree')).trim();
  const who = ['-c', 'user.name=forge', '-c', 'user.email=forge@example.org'];
  const commit = (await git(path, ...who, 'commit-tree', tree, '-m', 'Initial commit')).trim();
  await git(path, 'update-ref', 'refs/heads/main', commit);
}

/** Makes a bare repository out of another one, with all its refs, as a native pull mirror does. */
export async function cloneRepoFiles(path: string, from: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await run('git', ['clone', '--quiet', '--mirror', from, path]);
  await configure(path);
}

export async function moveRepoFiles(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
}

export async function removeRepoFiles(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

export async function branchExists(path: string, branch: string): Promise<boolean> {
  return git(path, 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}`).then(
    () => true,
    () => false,
  );
}

async function configure(path: string): Promise<void> {
  await git(path, 'config', 'http.receivepack', 'true');
  await git(path, 'config', 'receive.advertisePushOptions', 'true');
  await writeHooks(path);
}
