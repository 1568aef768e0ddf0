import { anyOf, plain, words } from '../vocabulary/words.ts';
import type { Detector } from './detector.ts';

const MARK = words('test demo sample dummy fake example placeholder mock seed');
const THING =
  words(`product item post article project task event course category order ticket title message comment
  review note listing campaign document book lesson workspace board page room store shop service plan report invoice
  payment channel group list collection survey job deal lead property appointment booking trip room vehicle device`);
const PATTERN = new RegExp(
  `^(?:\\[?${anyOf(MARK)}\\]?[ :_-]+(?:\\p{L}+ )?${anyOf(THING)}s?|${anyOf(THING)} ${anyOf(MARK)})(?:[ _-]*#?(?:\\d{1,5}|[a-z]))?$`,
  'u',
);

/** Laboratories have test plans, and traders sample orders. */
const IN_EARNEST =
  /^(?:test|sample|mock) (?:orders?|plans?|reports?|groups?|rooms?|books?|documents?|surveys?|devices?|lessons?|courses?|channels?|collections?|lists?|boards?|pages?|services?|vehicles?|jobs?|events?|appointments?)\b/;

/** `Test Product 3`, `Sample blue item`, `[DEMO] Project`: a word for tests and a word for things. */
export const markerTitle: Detector = {
  name: 'marker-title',
  family: 'content',
  wants: ['title'],
  prefilter: { pattern: `^[[]?${anyOf(MARK)}[]]?[ :_-]|${anyOf(MARK)}[ _-]*#?[0-9]*$` },
  judge({ value }) {
    const isMarked = PATTERN.test(plain(value).trim());
    if (!isMarked) return null;
    const strength = IN_EARNEST.test(plain(value)) ? 'moderate' : 'strong';
    return { strength, says: 'is named as a thing for tests' };
  },
};
