import { git } from './repo-files';

/** Commits as webhook payloads carry them, newest first. `which` are arguments of git log. */
export async function readCommits(place: string, base: string, which: readonly string[]): Promise<object[]> {
  const format = '--format=%x1e%H%x1f%an%x1f%ae%x1f%cn%x1f%ce%x1f%cI%x1f%B%x1f';
  const text = await git(place, '-c', 'core.quotePath=false', 'log', '--name-status', '--no-renames', format, ...which);
  return text
    .split('\x1e')
    .slice(1)
    .map((entry) => {
      const [id = '', author, authorEmail, committer, committerEmail, timestamp, message, files = ''] =
        entry.split('\x1f');
      const named = (status: string) =>
        files
          .split('\n')
          .filter((line) => line.startsWith(`${status}\t`))
          .map((line) => line.slice(2));
      return {
        id,
        message,
        url: `${base}/commit/${id}`,
        author: { name: author, email: authorEmail, username: '' },
        committer: { name: committer, email: committerEmail, username: '' },
        verification: null,
        timestamp,
        added: named('A'),
        removed: named('D'),
        modified: named('M'),
      };
    });
}
