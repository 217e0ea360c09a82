import git from 'nodegit';
import type { FetchJob, FetchMessage } from './messages';

/** What nodegit's progress objects really look like; its types say otherwise of `stats`. */
interface Progress {
  receivedObjects(): number;
  totalObjects(): number;
  indexedDeltas(): number;
  totalDeltas(): number;
  receivedBytes(): number | bigint;
}

/** nodegit's types lack it. `flags` 1: do not look for new packs at every miss. */
interface OdbWithExists {
  existsExt(id: git.Oid, flags: number): number | boolean;
}

/**
 * Brings the objects of the job into its repository and writes no ref: names are ours alone to write. libgit2 takes what
 * it has already from the refs of the repository. Answers a wanted object that did not come.
 */
export async function download(job: FetchJob, report: (message: FetchMessage) => void): Promise<string | null> {
  const repository = await git.Repository.openBare(job.cacheDir);
  const remote = await git.Remote.createAnonymous(repository, job.url);
  await remote.download(['+refs/tips/*:refs/tips/*'], {
    customHeaders: job.header === null ? [] : [job.header],
    downloadTags: 2, // none but those that are asked for
    callbacks: {
      // nodegit calls this ten times a second at most. What it throws is lost, and a negative number stops the fetch.
      transferProgress: (progress: Progress) => {
        report(progressMessage(progress));
        return 0;
      },
    },
  });
  // The last regular report may lie a tenth of a second back.
  report(progressMessage(remote.stats() as unknown as Progress));
  return firstMissing(job.cacheDir, job.wanted);
}

function progressMessage(progress: Progress): FetchMessage {
  const received = progress.receivedObjects();
  const total = progress.totalObjects();
  const bytes = Number(progress.receivedBytes());
  const resolving = received === total && progress.totalDeltas() > 0;
  return resolving
    ? { type: 'progress', phase: 'resolving', done: progress.indexedDeltas(), total: progress.totalDeltas(), bytes }
    : { type: 'progress', phase: 'receiving', done: received, total, bytes };
}

/** libgit2 itself does not look whether the pack holds what was asked for. */
async function firstMissing(cacheDir: string, wanted: readonly string[]): Promise<string | null> {
  const odb = (await git.Odb.open(`${cacheDir}/objects`)) as unknown as OdbWithExists;
  return wanted.find((oid) => !odb.existsExt(git.Oid.fromString(oid), 1)) ?? null;
}
