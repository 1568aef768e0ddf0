import { FAKER_SURNAMES } from '../vocabulary/faker-words.ts';
import { plain } from '../vocabulary/words.ts';
import type { Detector } from './detector.ts';

/** Family names that generators of fake data like; some people do bear them. */
export const fakerName: Detector = {
  name: 'faker-name',
  family: 'identity',
  wants: ['name'],
  prefilter: {
    words: FAKER_SURNAMES,
    pattern: '^(?:mrs?|ms|miss|dr)[.]? .* (?:jr[.]?|sr[.]?|i{1,3}|iv|v|md|dds|phd|dvm)$',
  },
  judge({ value }) {
    const isDecorated =
      /^(?:mrs?|ms|miss|dr)\.? .* (?:jr\.?|sr\.?|i{1,3}|iv|v|md|dds|phd|dvm)$/i.test(value);
    if (isDecorated) {
      return { strength: 'moderate', says: 'has a title and a suffix, as generated names do' };
    }
    const parts = plain(value).split(/[ -]+/);
    const isFaker = parts.length > 1 && parts.slice(1).some((part) => FAKER_SURNAMES.has(part));
    return isFaker ? { strength: 'moderate', says: 'has a family name of data generators' } : null;
  },
};
