import type { Oid } from '../../domain/git-ref';
import { portions } from '../../domain/lfs-batch';
import type { PointerSearch } from '../../ports/lfs';
import { linesOf, startGit, type GitReader, type RunningGit } from './git-output';
import { revisions } from './list-pointers';

/** Blobs in the arguments of one git; each takes some fifty bytes of a few megabytes. */
const blobsAtOnce = 5_000;

/**
 * Which tips reach a commit that brought in one of the blobs, each with one such blob. Two walks for all tips together,
 * where asking tip by tip would take one walk for each.
 */
export async function tipsWithBlobs(
  blobs: ReadonlySet<Oid>,
  search: PointerSearch,
  gitPath?: string,
): Promise<Map<Oid, Oid>> {
  const reader: GitReader = { gitPath, cacheDir: search.cacheDir, signal: search.signal };
  const tips = await peel(reader, search.wanted);
  const found = new Map<Oid, Oid>();
  const commits = [...tips].filter(([, { type }]) => type === 'commit');
  if (commits.length > 0) {
    const ask = { wanted: new Set(commits.map(([, { oid }]) => oid)), have: search.have };
    const blobOf = await descendants(reader, ask, await introductions(reader, ask, blobs));
    for (const [tip, { oid }] of commits) {
      const blob = blobOf.get(oid);
      if (blob !== undefined) found.set(tip, blob);
    }
  }
  // Tags of trees and of single files are rare, and have no history.
  for (const [tip, { type }] of tips) {
    if (type === 'commit') continue;
    const blob = await reachable(reader, { wanted: [tip], have: search.have }, blobs);
    if (blob !== null) found.set(tip, blob);
  }
  return found;
}

/** What each tip leads to when it is a tag. */
async function peel(reader: GitReader, tips: Iterable<Oid>): Promise<Map<Oid, { oid: Oid; type: string }>> {
  const asked = [...new Set(tips)];
  const git = startGit(reader, ['cat-file', '--batch-check=%(objectname) %(objecttype)', '--buffer']);
  git.input.end(asked.map((oid) => `${oid}^{}\n`).join(''));
  const peeled = new Map<Oid, { oid: Oid; type: string }>();
  let at = 0;
  for await (const lines of linesOf(git)) {
    for (const line of lines) {
      const tip = asked[at];
      const [oid = '', type = ''] = line.split(' ');
      if (tip !== undefined) peeled.set(tip, { oid, type });
      at += 1;
    }
  }
  return peeled;
}

type Question = Pick<PointerSearch, 'wanted' | 'have'>;

/**
 * Commits that have one of the blobs where none of their parents has it in the same place. What a merge took from one of
 * its parents came in with that one.
 */
async function introductions(reader: GitReader, ask: Question, blobs: ReadonlySet<Oid>): Promise<Map<Oid, Oid>> {
  const found = new Map<Oid, Oid>();
  for (const some of portions([...blobs], blobsAtOnce)) {
    const git = startGit(reader, [
      ...['log', '--ignore-missing', '--stdin', '--root', '-m', '--no-renames', '--raw', '--no-abbrev'],
      ...['--format=%H %P', ...some.map((blob) => `--find-object=${blob}`)],
    ]);
    git.input.end(revisions(ask));
    for (const [commit, blob] of await commitsIn(git, blobs)) found.set(commit, blob);
  }
  return found;
}

/** Reads `git log -m --raw`: a merge comes once for each parent that it differs from. */
async function commitsIn(git: RunningGit, blobs: ReadonlySet<Oid>): Promise<Map<Oid, Oid>> {
  const found = new Map<Oid, Oid>();
  let commit = '';
  let parents = 0;
  let differences = new Map<string, number>();
  const read = (line: string) => {
    if (!line.startsWith(':')) {
      const [oid = '', ...parentOids] = line.split(' ');
      if (oid !== commit) differences = new Map();
      [commit, parents] = [oid, Math.max(1, parentOids.length)];
      return;
    }
    // ":100644 100644 <old blob> <new blob> M\t<path>": a blob that only goes away came in with a parent.
    const [blob = '', change = ''] = line.split(' ').slice(3);
    const place = `${blob} ${change.slice(change.indexOf('\t'))}`;
    const count = (differences.get(place) ?? 0) + 1;
    differences.set(place, count);
    if (blobs.has(blob) && count === parents) found.set(commit, blob);
  };
  for await (const lines of linesOf(git)) for (const line of lines) if (line !== '') read(line);
  return found;
}

/** The commits among those asked for that have one of `roots` in their history, each with that one's blob. */
async function descendants(
  reader: GitReader,
  ask: Question,
  roots: ReadonlyMap<Oid, Oid>,
): Promise<ReadonlyMap<Oid, Oid>> {
  if (roots.size === 0) return roots;
  const blobOf = new Map(roots);
  const git = startGit(reader, ['rev-list', '--ignore-missing', '--stdin', '--topo-order', '--reverse', '--parents']);
  git.input.end(revisions(ask));
  for await (const lines of linesOf(git)) {
    for (const line of lines) {
      const [commit = '', ...parents] = line.split(' ');
      const tainted = parents.find((parent) => blobOf.has(parent));
      const blob = tainted === undefined ? undefined : blobOf.get(tainted);
      if (blob !== undefined && !blobOf.has(commit)) blobOf.set(commit, blob);
    }
  }
  return blobOf;
}

/** One of the blobs, if the tip reaches any. */
async function reachable(reader: GitReader, ask: Question, blobs: ReadonlySet<Oid>): Promise<Oid | null> {
  const git = startGit(reader, ['rev-list', '--objects', '--no-object-names', '--ignore-missing', '--stdin']);
  git.input.end(revisions(ask));
  for await (const oids of linesOf(git)) {
    const found = oids.find((oid) => blobs.has(oid));
    if (found !== undefined) return found;
  }
  return null;
}
