/** RFC 2606 and 6761: names that lead nowhere, now and for ever. `.local` is RFC 6762. */
const RESERVED_DOMAINS = [
  'example.com',
  'example.net',
  'example.org',
  'example.edu',
  'example',
  'test',
  'invalid',
  'localhost',
  'localdomain',
] as const;

/** The first label of each, as a word: every address in one of the domains, or below one, has such a word. */
export const RESERVED_WORDS: readonly string[] = RESERVED_DOMAINS.map(
  (domain) => domain.split('.')[0] ?? domain,
);

/** Also what lies below one: `mail.example.com`. */
export function isReservedDomain(domain: string): boolean {
  const name = domain.toLowerCase().replace(/[.]$/, '');
  return RESERVED_DOMAINS.some((reserved) => name === reserved || name.endsWith(`.${reserved}`));
}
