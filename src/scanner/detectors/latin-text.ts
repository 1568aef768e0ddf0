import { LATIN } from '../vocabulary/faker-words.ts';
import { plain } from '../vocabulary/words.ts';
import type { Detector } from './detector.ts';

const SHARE = 0.8;
const LEAST_WORDS = 3;

/** Filler text in Latin, whether it begins with "Lorem ipsum" or was put together from its words. */
export const latinText: Detector = {
  name: 'latin-text',
  family: 'content',
  wants: ['text', 'title', 'name', 'company', 'address'],
  // Filler begins with a word of its language, unless somebody wrote a title before it.
  prefilter: { firstWord: LATIN, pattern: 'lorem ipsum' },
  judge({ value, role }) {
    const text = plain(value);
    if (/\blorem ipsum\b/.test(text)) return { strength: 'decisive', says: 'is filler text' };
    if (role !== 'text' && role !== 'title') return null;
    const all = text.split(/[^\p{L}]+/u).filter((word) => word !== '');
    const latin = all.filter((word) => LATIN.has(word)).length;
    const isLatin = all.length >= LEAST_WORDS && latin / all.length >= SHARE;
    return isLatin ? { strength: 'strong', says: 'is filler text' } : null;
  },
};
