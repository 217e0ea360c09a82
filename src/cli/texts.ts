import type { Mirror } from '../domain/mirror';
import type { Pause } from '../domain/pause';
import type { RefAction, RefCounts } from '../domain/run';

const actionWords: Readonly<Record<RefAction, string>> = {
  created: 'created',
  fast_forwarded: 'moved forward',
  forced: 'replaced',
  deleted: 'deleted',
  unchanged: 'unchanged',
  skipped: 'not mirrored',
  diverged: 'left alone (diverged)',
  rejected: 'refused',
};

/** "3 created, 2 moved forward"; says so when nothing happened. */
export function describeCounts(counts: RefCounts): string {
  const parts = Object.entries(actionWords)
    .map(([action, word]) => ({ count: counts[action as RefAction], word }))
    .filter(({ count }) => count > 0)
    .map(({ count, word }) => `${count} ${word}`);
  return parts.length === 0 ? 'nothing to do' : parts.join(', ');
}

/** The state in one word or two. */
export function mirrorState(mirror: Pick<Mirror, 'enabled' | 'pause' | 'status' | 'failures'>): string {
  if (!mirror.enabled) return 'switched off';
  if (mirror.pause !== null) return describePause(mirror.pause, mirror.failures);
  return mirror.status === 'none' ? 'never ran' : mirror.status;
}

function describePause({ reason, by }: Pause, failures: number): string {
  switch (reason) {
    case 'failures':
      return `paused after ${failures} failures`;
    case 'host_key':
      return 'paused until a host key is accepted';
    case 'archived':
      return 'paused while the project is archived';
    case 'owner_changed':
      return 'paused until the new owner resumes it';
    case 'right_revoked':
      return 'paused until an admin of the project resumes it';
    case 'person':
      return `paused by ${by ?? 'the admin'}`;
  }
}

/** To the second, in UTC; null stays null. */
export function showTime(at: number | null): string | null {
  return at === null ? null : `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function showBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ''}`;
}
