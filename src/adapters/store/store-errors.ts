import { setTimeout as sleep } from 'node:timers/promises';
import { HeadwaterError } from '../../domain/errors';
import { redactUrls } from '../../domain/redact';

/**
 * busy: another process holds SQLite's write lock; conflict: PostgreSQL undid the transaction and the same work may
 * succeed now; lost: the connection is unusable; down: the database does not answer; full: no disk space.
 */
export type StoreTrouble = 'busy' | 'conflict' | 'lost' | 'down' | 'full' | 'other';

/** Reads an error of TypeORM or its drivers; 'other' is a fault of ours, or no error of the database at all. */
export function storeTrouble(thrown: unknown): StoreTrouble {
  const { code, message } = facts(thrown);
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return 'busy';
  if (code.startsWith('SQLITE_FULL')) return 'full';
  if (/^SQLITE_(CANTOPEN|IOERR|READONLY|CORRUPT|NOTADB|PROTOCOL|PERM|AUTH)/.test(code)) return 'down';
  // A unique violation is a conflict too: whoever looks again finds the row that came first.
  if (code === '40001' || code === '40P01' || code === '23505') return 'conflict';
  // pg reports these without a code.
  if (/Query read timeout|Connection terminated|Client has encountered a connection error/.test(message)) return 'lost';
  if (
    /timeout exceeded when trying to connect|timeout expired|database connection is not open|Cannot use a pool after/.test(
      message,
    )
  )
    return 'down';
  if (/QueryRunnerAlreadyReleased|Query runner already released/.test(message)) return 'lost';
  // Classes 08 connection, 28 authorization, 3D no such database, 53 resources, 57 operator, and 55P03 lock timeout.
  if (/^(08|28|3D|53|57)\w{3}$|^55P03$/.test(code)) return 'down';
  if (/^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET|ENOENT|EACCES)/.test(code)) return 'down';
  return 'other';
}

/** What the caller sees. An error that did not come from the database passes unchanged. */
export function toStoreError(thrown: unknown): unknown {
  const trouble = storeTrouble(thrown);
  if (thrown instanceof HeadwaterError) return thrown;
  if (trouble === 'full') return new HeadwaterError('disk_full', {}, { cause: bareCause(thrown) });
  if (trouble !== 'other' && facts(thrown).code !== '23505')
    return new HeadwaterError('store_unavailable', {}, { cause: bareCause(thrown) });
  return isDriverError(thrown) ? new HeadwaterError('internal', {}, { cause: bareCause(thrown) }) : thrown;
}

/** Runs `work` again while SQLite is locked by another process, until `deadline` (performance.now()). */
export async function whileBusy<T>(deadline: number, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (thrown) {
      if (storeTrouble(thrown) !== 'busy' || performance.now() >= deadline) throw thrown;
    }
    // Not in step with whoever else waits.
    await sleep(10 + Math.random() * 40);
  }
}

/** The driver's error without the statement and its parameters, which hold sealed secrets. */
function bareCause(thrown: unknown): Error {
  const { code, message } = facts(thrown);
  return new Error(redactUrls(code === '' ? message : `${code}: ${message}`));
}

function isDriverError(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && 'driverError' in thrown;
}

function facts(thrown: unknown): { code: string; message: string } {
  if (typeof thrown !== 'object' || thrown === null) return { code: '', message: String(thrown) };
  // TypeORM wraps what the driver threw while a statement ran, but not what it threw while connecting. Several
  // refused addresses of one host arrive as one error without a text.
  const own = isDriverError(thrown) ? (thrown as { driverError: object }).driverError : thrown;
  const { code, message, name } = own as { code?: unknown; message?: unknown; name?: unknown };
  return {
    code: typeof code === 'string' ? code : '',
    message: typeof message === 'string' && message !== '' ? message : String(name),
  };
}
