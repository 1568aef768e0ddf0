/** Word lists are written as texts, split here; both with and without their accents. */

export function words(text: string): readonly string[] {
  return withPlain(text.trim().split(/\s+/));
}

/** Entries that may hold spaces, with semicolons between them. */
export function phrases(text: string): readonly string[] {
  return withPlain(
    text
      .split(/;\s*/)
      .map((entry) => entry.trim().replaceAll(/\s+/g, ' '))
      .filter((entry) => entry !== ''),
  );
}

function withPlain(entries: readonly string[]): readonly string[] {
  return [...new Set(entries.flatMap((entry) => [entry, plain(entry)]))];
}

/** In lower case and without accents. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ł', 'l')
    .replaceAll('ø', 'o')
    .replaceAll('đ', 'd')
    .replaceAll('ı', 'i')
    .replaceAll('ß', 'ss');
}

/** A regular expression that matches any of the entries, as PostgreSQL and JavaScript read it. */
export function anyOf(entries: readonly string[]): string {
  const escaped = entries.map((entry) => entry.replaceAll(/[.*+?^${}()|[\]\\]/g, '[$&]'));
  return `(?:${escaped.join('|')})`;
}
