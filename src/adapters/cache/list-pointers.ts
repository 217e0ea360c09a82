import { HeadwaterError } from '../../domain/errors';
import { parsePointer, pointerSizeLimit, type LfsPointer } from '../../domain/lfs-pointer';
import type { PointerSearch } from '../../ports/lfs';
import { linesOf, startGit, type GitReader, type RunningGit } from './git-output';

/**
 * git lists the blobs that are small enough, and a second git prints them. The list goes through us, so that a repository
 * without any costs one process; sizes are looked up where the walk is, not in a process of their own.
 */
export async function listPointers(search: PointerSearch, maxPointers: number, gitPath?: string) {
  const reader: GitReader = { gitPath, cacheDir: search.cacheDir, signal: search.signal };
  const walk = startGit(reader, [
    ...['rev-list', '--objects', '--no-object-names', '--ignore-missing', '--stdin'],
    ...[`--filter=combine:blob:limit=${pointerSizeLimit}+object:type=blob`, '--filter-provided-objects'],
  ]);
  walk.input.end(revisions(search));

  const pointers: LfsPointer[] = [];
  let printer: RunningGit | null = null;
  let read: Promise<void> | null = null;
  try {
    for await (const oid of linesOf(walk)) {
      if (printer === null) {
        printer = startGit(reader, ['cat-file', '--batch', '--buffer']);
        read = readPointers(printer, pointers, maxPointers);
        // Awaited below; until then a failure must not count as unhandled.
        read.catch(() => walk.kill());
      }
      if (!printer.input.write(`${oid}\n`)) await Promise.race([drained(printer), read]);
    }
    printer?.input.end();
    await read;
    return pointers;
  } catch (thrown) {
    walk.kill();
    printer?.kill();
    search.signal.throwIfAborted();
    // Whichever of the two failed took the other down with it. That there are too many is no damage, and says more.
    const failure: unknown = await read?.catch((error: unknown) => error);
    throw isTooMany(failure) ? failure : thrown;
  } finally {
    walk.kill();
    printer?.kill();
  }
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

