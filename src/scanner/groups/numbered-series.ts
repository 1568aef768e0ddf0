/** Members of a series, by the text around their number. */
export interface Series {
  /** `customer#@brand.com`, with `#` for the number. */
  readonly pattern: string;
  readonly keys: readonly string[];
}

const LEAST_MEMBERS = 5;
/** Of the numbers from the first to the last, how many are there. */
const LEAST_DENSITY = 0.8;
const HIGHEST_START = 2;

/**
 * Values that only differ in a number which counts up from the start: `Customer 1` to `Customer 40`. People
 * with a number in their address have scattered ones, and each another name.
 */
export function numberedSeries(
  values: readonly { readonly key: string; readonly value: string }[],
): readonly Series[] {
  const byPattern = new Map<string, { readonly key: string; readonly number: number }[]>();
  for (const { key, value } of values) {
    const [, before = '', digits = '', after = ''] = /^(\D*?)(\d{1,6})(\D*)$/.exec(value) ?? [];
    if (!/\p{L}/u.test(before)) continue;
    const pattern = `${before.toLowerCase()}#${after.toLowerCase()}`;
    byPattern.set(pattern, [...(byPattern.get(pattern) ?? []), { key, number: Number(digits) }]);
  }
  return [...byPattern].flatMap(([pattern, members]): readonly Series[] => {
    const numbers = [...new Set(members.map(({ number }) => number))].sort((a, b) => a - b);
    const [first = 0] = numbers;
    const last = numbers.at(-1) ?? 0;
    const isDense = numbers.length / (last - first + 1) >= LEAST_DENSITY;
    const isSeries = numbers.length >= LEAST_MEMBERS && isDense && first <= HIGHEST_START;
    return isSeries ? [{ pattern, keys: members.map(({ key }) => key) }] : [];
  });
}
