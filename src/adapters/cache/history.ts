import { HeadwaterError } from '../../domain/errors';
import type { Oid } from '../../domain/git-ref';
import type { AncestryQuestion } from '../../domain/ref-plan';
import { runGit } from '../../git-http/run-git';

/** A commit is a line of 41 bytes: twelve million commits that are on no mirrored branch. */
const maxOutputBytes = 512 * 1024 * 1024;

/** Do both have a commit in common? An object that is not there has none. */
export async function shareHistory(
  cacheDir: string,
  questions: readonly AncestryQuestion[],
  gitPath?: string,
): Promise<boolean[]> {
  const answers: boolean[] = [];
  for (const { oldOid, newOid } of questions) {
    const { exitCode } = await runGit({ args: ['--git-dir', cacheDir, 'merge-base', oldOid, newOid], gitPath });
    answers.push(exitCode === 0);
  }
  return answers;
}

/**
 * Tags whose commit is in the history of a tip, in two processes however many there are: one tells the commits behind the
 * tags, one the commits that can be reached from those and from no tip.
 */
export async function tagsOn(
  cacheDir: string,
  tags: readonly Oid[],
  tips: readonly Oid[],
  gitPath?: string,
): Promise<ReadonlySet<Oid>> {
  const git = async (args: readonly string[], lines: readonly string[]): Promise<string[]> => {
    const { exitCode, stdout } = await runGit({
      args: ['--git-dir', cacheDir, ...args],
      input: lines.map((line) => `${line}\n`).join(''),
      maxOutputBytes,
      gitPath,
    });
    if (exitCode !== 0 || stdout.length >= maxOutputBytes)
      throw new HeadwaterError('upstream_corrupt', { why: 'the history of a tag cannot be read' });
    return stdout.split('\n').slice(0, -1);
  };
  if (tags.length === 0 || tips.length === 0) return new Set();

  // A tag of a tree or a file has no commit; git answers it with the word "missing".
  const peeled = await git(
    ['cat-file', '--batch-check=%(objectname)'],
    tags.map((tag) => `${tag}^{commit}`),
  );
  const commits = new Map(
    tags.flatMap((tag, at) => (/^[0-9a-f]{40}$/.test(peeled[at] ?? '') ? [[tag, peeled[at] ?? '']] : [])),
  );
  const outside = new Set(
    await git(['rev-list', '--stdin'], [...new Set(commits.values()), ...tips.map((tip) => `^${tip}`)]),
  );
  return new Set([...commits].flatMap(([tag, commit]) => (outside.has(commit) ? [] : [tag])));
}
