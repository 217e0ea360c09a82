import { HeadwaterError } from '../../domain/errors';
import type { Oid } from '../../domain/git-ref';
import type { AncestryQuestion } from '../../domain/ref-plan';
import { runGit, type GitOutcome } from '../../git-http/run-git';

const parallel = 4;

/** Answers questions about the history in a bare repository; an object that it lacks is nobody's ancestor. */
export async function answerAncestry(
  cacheDir: string,
  questions: readonly AncestryQuestion[],
  gitPath?: string,
): Promise<boolean[]> {
  const git = (args: readonly string[], input = ''): Promise<GitOutcome> =>
    runGit({ args: ['--git-dir', cacheDir, ...args], gitPath, input });

  const answers = new Array<boolean>(questions.length).fill(false);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < questions.length) {
      const at = next;
      next += 1;
      const question = questions[at];
      if (question !== undefined) answers[at] = await isAncestor(git, question);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, questions.length) }, work));
  return answers;
}

type RunGit = (args: readonly string[], input?: string) => Promise<GitOutcome>;

async function isAncestor(git: RunGit, { oldOid, newOid }: AncestryQuestion): Promise<boolean> {
  const { exitCode } = await git(['merge-base', '--is-ancestor', oldOid, newOid]);
  if (exitCode === 0) return true;
  if (exitCode === 1) return false;
  // One of them is not there, or is no commit. A branch can only be moved forward from commit to commit.
  const types = await objectTypes(git, [oldOid, newOid]);
  if (types.get(newOid) === undefined) throw damaged(`the object ${newOid} is missing`);
  if (types.get(oldOid) !== 'commit' || types.get(newOid) !== 'commit') return false;
  throw damaged(`the history of ${newOid} has gaps`);
}

/** The types of those objects that are there. */
async function objectTypes(git: RunGit, oids: readonly Oid[]): Promise<Map<Oid, string>> {
  const { exitCode, stdout } = await git(
    ['cat-file', '--batch-check=%(objectname) %(objecttype)'],
    oids.map((oid) => `${oid}\n`).join(''),
  );
  if (exitCode !== 0) throw damaged('its objects cannot be read');
  const lines = stdout.split('\n').map((line) => line.split(' '));
  return new Map(lines.flatMap(([oid = '', type = '']) => (oid === '' || type === 'missing' ? [] : [[oid, type]])));
}

function damaged(why: string): HeadwaterError {
  return new HeadwaterError('upstream_corrupt', { why });
}
