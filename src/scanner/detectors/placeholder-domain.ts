import {
  DISPOSABLE_DOMAINS,
  DOUBTFUL_DOMAINS,
  PLACEHOLDER_DOMAINS,
} from '../vocabulary/email-domains.ts';
import type { Detector } from './detector.ts';

const PLACEHOLDERS = new Set(PLACEHOLDER_DOMAINS);
const DISPOSABLE = new Set(DISPOSABLE_DOMAINS);

/** Domains that exist, but where only seed scripts have mailboxes. The whole domain counts, never a part. */
export const placeholderDomain: Detector = {
  name: 'placeholder-domain',
  family: 'domain',
  wants: ['email'],
  prefilter: { domains: [...PLACEHOLDER_DOMAINS, ...DISPOSABLE_DOMAINS] },
  judge({ value }) {
    const domain = value.slice(value.lastIndexOf('@') + 1).toLowerCase();
    if (DISPOSABLE.has(domain)) {
      return { strength: 'moderate', says: 'is in a domain of throw-away addresses' };
    }
    if (!PLACEHOLDERS.has(domain)) return null;
    const strength = DOUBTFUL_DOMAINS.has(domain) ? 'moderate' : 'strong';
    return { strength, says: `is in ${domain}, a domain that stands for any` };
  },
};
