/** `1,234,567`. By hand, since Intl takes 20 ms to load, which every run would pay. */
export function grouped(count: number): string {
  const [whole = '', fraction] = String(count).split('.');
  const thousands = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? thousands : `${thousands}.${fraction}`;
}

/** `1 row`, `1,200 rows`; the plural is the noun with an s, or the one that is given. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}
