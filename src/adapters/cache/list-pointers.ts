import { HeadwaterError } from '../../domain/errors';
import { parsePointer, pointerSizeLimit, type LfsPointer } from '../../domain/lfs-pointer';
import type { PointerSearch } from '../../ports/lfs';
import { linesOf, startGit, type GitReader, type RunningGit } from './git-output';

/**
 * One git lists the blobs that are small enough, and a second one prints them; without any there is no second one. Where
 * the history is walked, objects that others reach too are left out. Where everything is new, it is quicker to look at
 * everything that was fetched without asking what reaches it, and finds no less.
 */
export async function listPointers(search: PointerSearch, maxPointers: number, gitPath?: string) {
  const reader: GitReader = { gitPath, cacheDir: search.cacheDir, signal: search.signal };
  const isAllNew = search.have.length === 0;
  const list = startGit(reader, isAllNew ? allObjects : newBlobs);
  list.input.end(isAllNew ? '' : revisions(search));

  const pointers: LfsPointer[] = [];
  let printer: RunningGit | null = null;
  let read: Promise<void> | null = null;
  try {
    for await (const lines of linesOf(list)) {
      const blobs = isAllNew ? lines.flatMap(smallBlob) : lines;
      if (blobs.length === 0) continue;
      if (printer === null) {
        printer = startGit(reader, ['cat-file', '--batch', '--buffer']);
        read = readPointers(printer, pointers, maxPointers);
        // Awaited below; until then a failure must not count as unhandled.
        read.catch(() => list.kill());
      }
      if (!printer.input.write(`${blobs.join('\n')}\n`)) await Promise.race([drained(printer), read]);
    }
    printer?.input.end();
    await read;
    return pointers;
  } catch (thrown) {
    list.kill();
    printer?.kill();
    search.signal.throwIfAborted();
    // Whichever of the two failed took the other down with it. That there are too many is no damage, and says more.
    const failure: unknown = await read?.catch((error: unknown) => error);
    throw isTooMany(failure) ? failure : thrown;
  } finally {
    list.kill();
    printer?.kill();
  }
}

const newBlobs = [
  ...['rev-list', '--objects', '--no-object-names', '--ignore-missing', '--stdin'],
  ...[`--filter=combine:blob:limit=${pointerSizeLimit}+object:type=blob`, '--filter-provided-objects'],
];
const allObjects = [
  ...['cat-file', '--batch-all-objects', '--unordered', '--buffer'],
  '--batch-check=%(objecttype) %(objectsize) %(objectname)',
];

/** The id in a line of `allObjects`, if a pointer may be behind it. */
function smallBlob(line: string): string[] {
  const isSmall = line.startsWith('blob ') && Number(line.slice(5, -41)) < pointerSizeLimit;
  return isSmall ? [line.slice(-40)] : [];
}

function isTooMany(error: unknown): error is HeadwaterError {
  return error instanceof HeadwaterError && error.code === 'lfs_too_many_objects';
}

export function revisions({ wanted, have }: Pick<PointerSearch, 'wanted' | 'have'>): string {
  return [...wanted, ...have.map((oid) => `^${oid}`), ''].join('\n');
}

function drained(git: RunningGit): Promise<void> {
  return new Promise((resolve) => {
    git.input.once('drain', resolve);
    git.input.once('close', resolve);
  });
}

/** Reads the output of `cat-file --batch`: a line "oid type size", the content, a line feed, and so on. */
async function readPointers(git: RunningGit, pointers: LfsPointer[], maxPointers: number): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of git.output as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (;;) {
      const lineEnd = rest.indexOf(0x0a, at);
      if (lineEnd < 0) break;
      const [oid = '', type = '', size = ''] = rest.toString('latin1', at, lineEnd).split(' ');
      if (type !== 'blob') throw new HeadwaterError('upstream_corrupt', { why: `the object ${oid} is missing` });
      const end = lineEnd + 1 + Number(size);
      if (rest.length <= end) break;
      const object = pointerIn(rest, lineEnd + 1, end);
      if (object !== null) pointers.push({ blob: oid, object });
      if (pointers.length > maxPointers) throw new HeadwaterError('lfs_too_many_objects', { limit: maxPointers });
      at = end + 1;
    }
    rest = rest.subarray(at);
  }
  await git.finished();
}

const firstWord = Buffer.from('version ');

/** Most small files are something else, which their first bytes tell. */
function pointerIn(bytes: Buffer, start: number, end: number) {
  const looksLikeOne = bytes.subarray(start, end).indexOf(firstWord) >= 0;
  return looksLikeOne ? parsePointer(bytes.toString('latin1', start, end)) : null;
}
