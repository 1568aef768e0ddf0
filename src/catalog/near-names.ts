/** Of the known names, those that somebody may have meant; at most three, the nearest first. */
export function nearNames(wanted: string, known: Iterable<string>): readonly string[] {
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  return [...new Set(known)]
    .map((name) => ({ name, distance: distance(plain(wanted), plain(name)) }))
    .filter((each) => each.distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map((each) => each.name);
}

/** `Did you mean "users" or "user"?`, or null when nothing is near. */
export function didYouMean(wanted: string, known: Iterable<string>): string | null {
  const names = nearNames(wanted, known).map((name) => `"${name}"`);
  return names.length === 0 ? null : `Did you mean ${names.join(' or ')}?`;
}

/** Capitals, quotes and separators are what people get wrong most often. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/["_\s-]/g, '');
}

/** Levenshtein's distance. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 0; i < from.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j += 1) {
      const replaced = (row[j] ?? 0) + (from[i] === to[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
