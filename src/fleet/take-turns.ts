/** Works on all of them, so many at one time, each beginning in its turn. */
export async function takeTurns<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  const takeSome = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  const size = Math.min(concurrency, items.length);
  await Promise.all(Array.from({ length: size }, takeSome));
}
