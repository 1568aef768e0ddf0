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
  prefilter:
    'lorem|ipsum|dolor|volupta|consequ|quisqu|repell|molesti|accusa|necessit|exercit|laborum|aspern|doloribus|veniam|reprehend|perspici|asperio|corporis|(?:^| )(?:quia|quae|quas|quos|aut|sit|amet|rerum|nihil|eius|eaque|ipsam?|omnis|sunt|vitae|earum|harum|illum|nemo|odio|odit|fuga|velit|sint|culpa|enim|maiores|animi|illo|iste|modi|nobis|neque) ',
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
