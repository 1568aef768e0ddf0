import { FAVOURITE_GIVEN } from '../vocabulary/given-names.ts';
import { plain } from '../vocabulary/words.ts';
import type { Detector } from './detector.ts';

/** Characters of a Gmail name, by its sign-up form; dots and what follows a `+` do not count. */
const SHORTEST = 6;

/** `bob@gmail.com`: Gmail gives no name of fewer than six characters, though people mistype longer ones. */
export const impossibleGmail: Detector = {
  name: 'impossible-gmail',
  family: 'domain',
  wants: ['email'],
  prefilter: { pattern: '^[^@]{1,8}@g(?:oogle)?mail[.]com$' },
  judge({ value }) {
    const [, local = ''] = /^([^@+]*)(?:\+[^@]*)?@g(?:oogle)?mail\.com$/i.exec(value) ?? [];
    const name = plain(local).replaceAll('.', '');
    if (local === '' || name.length >= SHORTEST) return null;
    const isFavourite =
      FAVOURITE_GIVEN.has(name.replace(/[0-9]+$/, '')) ||
      /^(?:admin|user|test|demo|guest|foo)/.test(name);
    const says = 'is shorter than Gmail allows';
    return { strength: isFavourite ? 'moderate' : 'weak', says };
  },
};
