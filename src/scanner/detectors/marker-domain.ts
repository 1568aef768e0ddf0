import type { Detector } from './detector.ts';

const MARKED = ['test', 'testing', 'demo', 'example', 'sample', 'dummy', 'fake', 'seed', 'mock'];
const MARK = new Set(MARKED);
const LOCAL = /\.(?:local|lan|internal|fake|dummy|dev\.local|tld)$/;

/** A domain one of whose labels is, or begins or ends with, a word of testing: `demo.brand.com`, `brand-test.io`. */
export const markerDomain: Detector = {
  name: 'marker-domain',
  family: 'domain',
  wants: ['email'],
  prefilter: { words: MARKED, pattern: '[.](?:local|lan|internal|fake|dummy|tld)$' },
  judge({ value }) {
    const domain = value.slice(value.lastIndexOf('@') + 1).toLowerCase();
    if (LOCAL.test(domain)) {
      return { strength: 'strong', says: 'is in a domain that no mail reaches from outside' };
    }
    const labels = domain.split('.').slice(0, -1);
    if (labels.some((label) => MARK.has(label))) {
      return { strength: 'strong', says: 'is in a domain made for tests or examples' };
    }
    // `demo-tech.de` may be a firm, and `labor-testing.at` a laboratory; `brand-demo.io` is less likely one.
    const parts = labels.map((label) => label.split('-'));
    const ends = parts.some((part) => MARK.has(part.at(-1) ?? '') && part.at(-1) !== 'testing');
    if (ends) return { strength: 'moderate', says: 'is in a domain named after tests' };
    const has = parts.some((part) => MARK.has(part[0] ?? '') || part.at(-1) === 'testing');
    return has ? { strength: 'weak', says: 'is in a domain named after tests' } : null;
  },
};
