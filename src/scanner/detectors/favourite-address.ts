import { LIVE_PROVIDERS } from '../vocabulary/email-domains.ts';
import { FAVOURITE_GIVEN } from '../vocabulary/given-names.ts';
import { anyOf, plain } from '../vocabulary/words.ts';
import type { Detector } from './detector.ts';

/** `alice@`, `bob2@`: a given name that seed scripts like, alone. At a live provider it was taken long ago. */
export const favouriteAddress: Detector = {
  name: 'favourite-address',
  family: 'domain',
  wants: ['email'],
  prefilter: { pattern: `^${anyOf([...FAVOURITE_GIVEN])}[0-9]{0,3}@` },
  judge({ value }) {
    const at = value.lastIndexOf('@');
    const name = plain(value.slice(0, Math.max(0, at))).replace(/[0-9]{1,3}$/, '');
    if (!FAVOURITE_GIVEN.has(name)) return null;
    const isLive = LIVE_PROVIDERS.has(value.slice(at + 1).toLowerCase());
    return { strength: isLive ? 'moderate' : 'weak', says: 'is a given name and nothing else' };
  },
};
