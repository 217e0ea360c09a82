import type { Git } from './demo-git';

export type Refs = ReadonlyMap<string, string>;

/** Branches and tags of a repository on disk. */
export async function localRefs(git: Git, path: string): Promise<Refs> {
  const format = '--format=%(objectname)%09%(refname)';
  return parseRefs(await git(['for-each-ref', format, 'refs/heads', 'refs/tags'], { cwd: path }));
}

/** Branches and tags of a repository that anybody may read. */
export async function remoteRefs(git: Git, url: string): Promise<Refs> {
  return parseRefs(await git(['ls-remote', '--heads', '--tags', '--refs', url]));
}

/** The names that have different values, or none on one side. */
export function differingRefs(one: Refs, other: Refs): string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => one.get(name) !== other.get(name));
}

function parseRefs(text: string): Refs {
  const rows = text.split('\n').filter((line) => line !== '');
  return new Map(rows.map((row) => [row.split('\t')[1] ?? '', row.split('\t')[0] ?? '']));
}
