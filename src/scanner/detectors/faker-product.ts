import { PRODUCT_ADJECTIVES, PRODUCT_MATERIALS, PRODUCT_NOUNS } from '../vocabulary/faker-words.ts';
import { anyOf } from '../vocabulary/words.ts';
import type { Detector } from './detector.ts';

/** A soft cotton shirt may be for sale; these go together in no shop. */
const PLAUSIBLE =
  /^(?:small|soft|fresh|frozen|modern|elegant|sleek|handmade|recycled|oriental) (?:wooden|cotton|steel|plastic|rubber|silk|gold|silver|bamboo|ceramic|fresh|frozen|soft) (?:table|chair|shirt|pants|shoes|hat|towels|gloves|ball|fish|chicken|tuna|salad|cheese|soap)$/i;

const PATTERN = `^(?:${anyOf(PRODUCT_ADJECTIVES)} )(?:${anyOf(PRODUCT_MATERIALS)} )?${anyOf(PRODUCT_NOUNS)}$`;
const FORM = new RegExp(PATTERN, 'i');

/** Products of generators: `Handcrafted Granite Chips`, out of three closed lists of words. */
export const fakerProduct: Detector = {
  name: 'faker-product',
  family: 'content',
  wants: ['title', 'text'],
  prefilter: { firstWord: PRODUCT_ADJECTIVES },
  judge({ value }) {
    const isGenerated = FORM.test(value);
    if (!isGenerated) return null;
    const isOdd = value.trim().split(/\s+/).length === 3 && !PLAUSIBLE.test(value.trim());
    return { strength: isOdd ? 'strong' : 'weak', says: 'is a product of data generators' };
  },
};
