/** Runs two things at once. The first failure aborts the other, and nothing is left running when this settles. */
export async function together<A, B>(
  outer: AbortSignal,
  first: (signal: AbortSignal) => Promise<A>,
  second: (signal: AbortSignal) => Promise<B>,
): Promise<[A, B]> {
  const failed = new AbortController();
  const signal = AbortSignal.any([outer, failed.signal]);
  const guard = <T>(work: Promise<T>): Promise<T> =>
    work.catch((thrown: unknown) => {
      failed.abort(thrown);
      throw thrown;
    });
  const settled = await Promise.allSettled([guard(first(signal)), guard(second(signal))] as const);
  const [a, b] = settled;
  if (a.status === 'fulfilled' && b.status === 'fulfilled') return [a.value, b.value];
  throw failed.signal.reason;
}
