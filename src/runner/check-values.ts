/** Counts come as numbers or as text, whatever the column's type. */
export function sameValue(actual: unknown, expected: unknown): boolean {
  if (actual === expected) return true;
  if (actual === null || actual === undefined || expected === null) return false;
  if (typeof expected === 'boolean' || typeof actual === 'boolean') return false;
  return scalarText(actual) === scalarText(expected);
}

function scalarText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : `${value as string | number | bigint}`;
}

/** Texts may be personal data and are not repeated. */
export function shown(value: unknown): string {
  if (value === undefined) return 'no row';
  if (value === null || typeof value === 'boolean') return `${value}`;
  const text = scalarText(value);
  return /^-?\d+(\.\d+)?$/.test(text) ? text : 'another value';
}
