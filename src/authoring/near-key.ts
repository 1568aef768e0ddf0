/** Finds the word that was probably meant, for messages about a name that is not known. */

/**
 * One sentence for each key of `given` that is not `known`, such as
 * `budget: unknown option "maxx"; did you mean "max"?`. Empty when all keys are known.
 */
export function unknownKeys(where: string, given: object, known: readonly string[]): string[] {
  return Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const near = nearKey(key, known);
      const hint = near === null ? `known are ${known.join(', ')}` : `did you mean "${near}"?`;
      return `${where}: unknown option "${key}"; ${hint}`;
    });
}

/** The known word with the fewest changed letters, or null when none is near. */
export function nearKey(word: string, known: readonly string[]): string | null {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= limit ? best.candidate : null;
}

function editDistance(from: string, to: string): number {
  const [a, b] = [from.toLowerCase(), to.toLowerCase()];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of a.split('').entries()) {
    const next = [i + 1];
    for (const [j, other] of b.split('').entries()) {
      const swap = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
