import { HeadwaterError } from '../../domain/errors';
import { exhaustionOf } from '../../git-http/exhaustion';
import type { FetchChildEnd } from './fetch-child';

export interface FetchContext {
  readonly host: string;
  readonly memoryBytes: number;
  readonly fileBytes: number;
  readonly cpuSeconds: number;
}

type Rule = readonly [RegExp, (context: FetchContext) => HeadwaterError];

const corrupt = (why: string) => () => new HeadwaterError('upstream_corrupt', { why });

/** libgit2's messages, as seen from version 1.9.1; the first that fits counts. */
const rules: readonly Rule[] = [
  [/no space left on device|disk quota exceeded/i, () => new HeadwaterError('disk_full')],
  [
    /out of memory|cannot allocate memory|failed to allocate/i,
    ({ memoryBytes }) => new HeadwaterError('fetch_limit', { limit: `${memoryBytes} bytes of memory` }),
  ],
  [
    /file too large/i,
    ({ fileBytes }) => new HeadwaterError('fetch_limit', { limit: `${fileBytes} bytes in one file` }),
  ],
  [/missing delta base|delta base|unresolved deltas|missing base/i, corrupt('a delta lacks its base')],
  [/checksum|trailer mismatch|hash mismatch|does not match/i, corrupt('a checksum is wrong')],
  [/inflate|zlib|deflate|decompress/i, corrupt('an object cannot be unpacked')],
  [/could not read from remote|remote hung up/i, corrupt('it gave up in the middle of sending')],
  [/unexpected eof|early eof|broke off|incomplete|truncated|premature/i, corrupt('the pack breaks off in the middle')],
  [/pack|indexer|object|packet|pkt|sideband|side-band/i, corrupt('the pack is malformed')],
];

/** What a message of libgit2 means. Its text is never shown: it may be stale, misleading, or the upstream's. */
export function libgitFault(message: string, context: FetchContext): HeadwaterError {
  for (const [pattern, make] of rules) if (pattern.test(message)) return make(context);
  return new HeadwaterError('upstream_corrupt', { why: 'it could not be fetched' }, { cause: new Error(message) });
}

/** A child that ended without a result. */
export function childEndFault(end: FetchChildEnd, context: FetchContext, diskIsFull: boolean): HeadwaterError {
  if (end.garbage) return new HeadwaterError('fetch_crashed', { why: 'it sent something that it should not' });
  const exhausted = exhaustionOf(end.notStarted);
  if (exhausted !== null) return exhausted;
  if (end.notStarted !== null)
    return new HeadwaterError('fetch_crashed', { why: 'it could not be started' }, { cause: end.notStarted });
  if (diskIsFull) return new HeadwaterError('disk_full');
  if (end.signal === 'SIGXCPU')
    return new HeadwaterError('fetch_limit', { limit: `${context.cpuSeconds} seconds of processor time` });
  // Node ignores SIGXFSZ, so that the write fails instead.
  if (end.signal === 'SIGXFSZ' || /EFBIG|file too large/i.test(end.stderr))
    return new HeadwaterError('fetch_limit', { limit: `${context.fileBytes} bytes in one file` });
  if (/out of memory|allocation failed|bad_alloc/i.test(end.stderr))
    return new HeadwaterError('fetch_limit', { limit: `${context.memoryBytes} bytes of memory` });
  const why = end.signal === null ? `exit code ${end.exitCode ?? 'unknown'}, no result` : `signal ${end.signal}`;
  return new HeadwaterError('fetch_crashed', { why }, { cause: new Error(end.stderr) });
}
