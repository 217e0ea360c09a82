import type { ChildProcess } from 'node:child_process';
import { HeadwaterError } from '../domain/errors';

const lacking: Readonly<Record<string, string>> = {
  EMFILE: 'open files',
  ENFILE: 'open files',
  EAGAIN: 'processes',
  ENOMEM: 'memory',
};

/** What this machine has none left of, by the system's word for it (RES-03); null: it is something else. */
export function exhaustionOf(error: unknown): HeadwaterError | null {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new HeadwaterError('disk_full', {}, { cause: error });
  const what = lacking[code ?? ''];
  return what === undefined ? null : new HeadwaterError('server_exhausted', { what }, { cause: error });
}

/**
 * A process that was started with pipes has them: without file descriptors for them Node hands one out that has none, and says
 * why in an event which would end us. Raises server_exhausted, disk_full.
 */
export function withPipes<T extends ChildProcess>(start: () => T): T {
  let child: T;
  try {
    child = start();
  } catch (thrown) {
    throw exhaustionOf(thrown) ?? thrown;
  }
  if ((child.stdout as unknown) === undefined) {
    child.once('error', () => undefined);
    throw new HeadwaterError('server_exhausted', { what: 'open files' });
  }
  return child;
}
