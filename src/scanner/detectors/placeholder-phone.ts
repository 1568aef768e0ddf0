import {
  FAVOURITE_NUMBERS,
  FICTION_RANGE_OF_AMERICA,
  FICTION_RANGES,
} from '../vocabulary/phone-numbers.ts';
import type { Detector, Judgement } from './detector.ts';

/** Digits that follow each other, or repeat, in more than half of a number were typed and not given. */
const LONG_RUN = 6;

/** Runs, and the beginnings of favourites and of ranges for films. */
const PARTS =
  `1234 2345 4567 6789 8901 9876 7654 5432 3210 1122 9898 0102 0203 555 496 7946 7700 0900 3998 4915 7010
  1740 3906 138 600 700 666 622 633`.split(/\s+/);
const SUSPICIOUS = [
  ...Array.from('0123456789', (digit) => `${digit}{5}`),
  ...PARTS,
  '(?:199|261|353|465|536)(?:00|91|01|71|49)',
  '(?:x|ext)[0-9]{3,5}$',
  '^(?:123|000|111)[0-9]?$',
].join('|');

/** Telephone numbers that nobody has: runs, repeats, and those kept free for films. */
export const placeholderPhone: Detector = {
  name: 'placeholder-phone',
  family: 'contact',
  wants: ['phone'],
  prefilter: { digitsPattern: SUSPICIOUS },
  judge({ value }) {
    if (/\p{L}{4}|:/u.test(value)) return null;
    const [number = '', extension = null] = value.toLowerCase().split(/\s*(?:x|ext\.?)\s*/);
    const digits = number.replaceAll(/\D/g, '').replace(/^00/, '');
    if (digits.length < 5) return shortNumber(digits);
    if (FICTION_RANGE_OF_AMERICA.test(digits)) {
      return { strength: 'strong', says: 'is in a range kept free for fiction' };
    }
    if (FICTION_RANGES.some((range) => range.test(digits))) {
      const isOfCountry = /^\+|^00/.test(number.trim());
      const strength = isOfCountry ? 'strong' : 'moderate';
      return { strength, says: 'is in a range kept free for fiction' };
    }
    return judgeDigits(digits) ?? judgeExtension(number, extension);
  },
};

function shortNumber(digits: string): Judgement | null {
  return /^(?:123|1234|000|0000|111|1111)$/.test(digits)
    ? { strength: 'strong', says: 'is too short, and counts up' }
    : null;
}

function judgeDigits(digits: string): Judgement | null {
  if (FAVOURITE_NUMBERS.has(digits) || isFavourite(digits)) {
    return { strength: 'strong', says: 'is a number that stands for any' };
  }
  if (/^(\d)\1+$/.test(digits) || /(\d)\1{6,}/.test(digits)) {
    return { strength: 'strong', says: 'repeats one digit' };
  }
  if (longestRun(digits) >= LONG_RUN) return { strength: 'strong', says: 'counts up or down' };
  // With the country's code of North America or without one; mobiles of Turkey begin with 0555.
  if (/^1?555\d{7}$/.test(digits)) {
    return { strength: 'moderate', says: 'has an area code that does not exist' };
  }
  return null;
}

/** With the country's code before it. */
function isFavourite(digits: string): boolean {
  return [1, 2, 3].some(
    (code) => digits.length - code >= 8 && FAVOURITE_NUMBERS.has(digits.slice(code)),
  );
}

function longestRun(digits: string): number {
  let longest = 1;
  let run = 1;
  let step = 0;
  for (let at = 1; at < digits.length; at += 1) {
    const next = (Number(digits[at]) - Number(digits[at - 1]) + 10) % 10;
    const isStep = next === 1 || next === 9;
    run = isStep && next === step ? run + 1 : isStep ? 2 : 1;
    step = isStep ? next : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** `1-555-123-4567 x123`, `(861) 234-5678 x9012`: extensions of three to five digits come from generators. */
function judgeExtension(number: string, extension: string | null): Judgement | null {
  const isGenerated =
    extension !== null &&
    /^\d{3,5}$/.test(extension) &&
    /^(?:1-|001-|\+1-)?\(?\d{3}\)?[-. ]\d{3}[-.]\d{4}$/.test(number.trim());
  return isGenerated
    ? { strength: 'moderate', says: 'has an extension as generators write it' }
    : null;
}
