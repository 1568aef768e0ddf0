/** What the work throws. */
export async function thrownBy<T = unknown>(work: Promise<unknown>): Promise<T> {
  return work.then(
    () => Promise.reject(new Error('it went well')),
    (error: unknown) => error as T,
  );
}
