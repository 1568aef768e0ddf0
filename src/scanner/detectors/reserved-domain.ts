import { isReservedDomain, RESERVED_WORDS } from '../vocabulary/reserved-domains.ts';
import type { Detector } from './detector.ts';

/** Domains that cannot receive mail, by RFC 2606 and 6761. */
export const reservedDomain: Detector = {
  name: 'reserved-domain',
  family: 'domain',
  wants: ['email'],
  prefilter: { words: RESERVED_WORDS },
  judge({ value }) {
    const domain = value.slice(value.lastIndexOf('@') + 1);
    if (!value.includes('@') || !isReservedDomain(domain)) return null;
    return {
      strength: 'decisive',
      says: 'is in a domain reserved for examples and tests (RFC 2606)',
    };
  },
};
