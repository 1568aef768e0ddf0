/** Facts of any shape as lines for people: names as they are recorded, one fact a line, what is null left out. */
export function factLines(facts: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(facts).flatMap(([name, value]) => entryLines(name, value));
}

function entryLines(name: string, value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    if (items.length === 0) return [];
    if (items.every((item) => scalar(item) !== null)) {
      return [`${name}: ${items.map(scalar).join(', ')}`];
    }
    return [`${name}:`, ...items.flatMap(itemLines)];
  }
  const text = scalar(value);
  if (text !== null) return [`${name}: ${text}`];
  const lines = factLines(value as Record<string, unknown>);
  return lines.length === 0 ? [] : [`${name}:`, ...lines.map((line) => `  ${line}`)];
}

/** Lines of one entry of a list, the first marked with a dash. */
function itemLines(item: unknown): string[] {
  const text = scalar(item);
  const lines = text === null ? factLines(item as Record<string, unknown>) : [text];
  return lines.map((line, at) => (at === 0 ? `  - ${line}` : `    ${line}`));
}

/** Facts come from JSON. */
function scalar(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? null : JSON.stringify(value);
}
