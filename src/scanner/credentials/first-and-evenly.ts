/** Half from the beginning, where seed scripts leave their rows, and half evenly over all others. */
export function firstAndEvenly<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  const first = all.slice(0, Math.ceil(most / 2));
  const rest = all.slice(first.length);
  const step = rest.length / (most - first.length);
  const spread = Array.from(
    { length: most - first.length },
    (_, at) => rest[Math.floor(at * step)],
  );
  return [...first, ...spread.filter((one) => one !== undefined)];
}
