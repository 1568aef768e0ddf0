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

/** Also what lies below one: `mail.example.com`. */
export function isReservedDomain(domain: string): boolean {
  const name = domain.toLowerCase().replace(/[.]$/, '');
  return RESERVED_DOMAINS.some((reserved) => name === reserved || name.endsWith(`.${reserved}`));
}
