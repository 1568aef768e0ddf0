import { isReservedDomain } from '../vocabulary/reserved-domains.ts';
import type { Detector } from './detector.ts';

/** Domains that cannot receive mail, by RFC 2606 and 6761. */
export const reservedDomain: Detector = {
  name: 'reserved-domain',
  family: 'domain',
  wants: ['email'],
  // Each of the domains has such a word, and so has everything below one.
  prefilter: { words: ['example', 'test', 'invalid', 'localhost', 'localdomain'] },
  judge({ value }) {
    const domain = value.slice(value.lastIndexOf('@') + 1);
    if (!value.includes('@') || !isReservedDomain(domain)) return null;
    return {
      strength: 'decisive',
      says: 'is in a domain reserved for examples and tests (RFC 2606)',
    };
  },
};
