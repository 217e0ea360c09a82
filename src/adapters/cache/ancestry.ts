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

  if (questions.length === 0) return [];
  const types = await objectTypes(git, new Set(questions.flatMap(({ oldOid, newOid }) => [oldOid, newOid])));
  const answers = new Array<boolean>(questions.length).fill(false);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < questions.length) {
      const at = next;
      next += 1;
      const question = questions[at];
      if (question !== undefined) answers[at] = await isAncestor(git, question, types);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, questions.length) }, work));
  return answers;
}

type RunGit = (args: readonly string[], input?: string) => Promise<GitOutcome>;

async function isAncestor(git: RunGit, question: AncestryQuestion, types: Map<Oid, string>): Promise<boolean> {
  const { oldOid, newOid } = question;
  if (oldOid === newOid) return true;
  if (types.get(newOid) === undefined) throw damaged(`the object ${newOid} is missing`);
  // A branch can only be moved forward from commit to commit.
  if (types.get(oldOid) !== 'commit' || types.get(newOid) !== 'commit') return false;
  const { exitCode } = await git(['merge-base', '--is-ancestor', oldOid, newOid]);
  if (exitCode === 0) return true;
  if (exitCode === 1) return false;
  throw damaged(`the history of ${newOid} cannot be read`);
}

/** The type of every object that is there. */
async function objectTypes(git: RunGit, oids: ReadonlySet<Oid>): Promise<Map<Oid, string>> {
  const { exitCode, stdout } = await git(
    ['cat-file', '--batch-check=%(objectname) %(objecttype)'],
    [...oids].map((oid) => `${oid}\n`).join(''),
  );
  if (exitCode !== 0) throw damaged('its objects cannot be read');
  const types = new Map<Oid, string>();
  for (const line of stdout.split('\n')) {
    const [oid = '', type = ''] = line.split(' ');
    if (oid !== '' && type !== 'missing') types.set(oid, type);
  }
  return types;
}

function damaged(why: string): HeadwaterError {
  return new HeadwaterError('upstream_corrupt', { why });
}
