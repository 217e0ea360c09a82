import { HeadwaterError } from '../../domain/errors';

/** After this long without an answer Redis is unavailable, ms; a little less than the time-out of one command. */
const patienceMs = 2_400;

/** Every failure of Redis means the same. Raises queue_unavailable, and tells `onLate` when there was no answer at all. */
export async function inTime<T>(work: Promise<T>, onLate: () => void = () => undefined): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onLate();
      reject(new HeadwaterError('queue_unavailable'));
    }, patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } catch (thrown) {
    throw thrown instanceof HeadwaterError ? thrown : new HeadwaterError('queue_unavailable', {}, { cause: thrown });
  } finally {
    clearTimeout(timer);
  }
}
