import { anyOf } from '../vocabulary/words.ts';
import type { Detector } from './detector.ts';

/** Numbers of manuals, digits and letters only. */
const PUBLISHED = new Set(
  `123456789 078051120 219099999 987654321 111223333 12345678909 11144477735 52998224725 00000000191 12345678Z
   00000000T 11111111H 12345678A X1234567L 44051401359 44051401458 02070803628 123456782 111222333 999999990
   RSSMRA80A01H501U RSSMRA85T10A562S VRDGPP13R10B293P 12345678901 10000000146 11111111110 199001011234
   198112189876 01129955131 131052308T 110101199003077758 110101199001011234 11010519491231002X 123456789012
   ABCDE1234F QQ123456C AB123456C 1234567890 12345678 0123456789 A12345678 GODE561231GR8 XAXX010101000`.split(
    /\s+/,
  ),
);

const WITH_LETTERS = [...PUBLISHED].filter((number) => /[A-Z]/.test(number));
const DIGITS = [
  ...Array.from('0123456789', (digit) => `^${digit}{7}`),
  // Social security numbers of the United States that are not given out.
  '^(?:000|666)[0-9]{6}$',
  '^[0-9]{3}00[0-9]{4}$',
  '^[0-9]{5}0000$',
];

/** Numbers of people that no office gave out: from manuals, repeated, or counting up. */
export const exampleNationalId: Detector = {
  name: 'example-national-id',
  family: 'contact',
  wants: ['national-id'],
  prefilter: {
    digitsPattern: [...DIGITS, `^${anyOf([...PUBLISHED])}$`].join('|'),
    // Numbers with letters are written in either case.
    pattern: `^${anyOf(WITH_LETTERS)}$`,
  },
  judge({ value }) {
    const bare = value.replaceAll(/[^0-9A-Za-z]/g, '').toUpperCase();
    if (PUBLISHED.has(bare)) return { strength: 'strong', says: 'is a number out of manuals' };
    const digits = bare.replaceAll(/\D/g, '');
    if (digits.length >= 7 && /^(\d)\1+$/.test(digits))
      return { strength: 'strong', says: 'repeats one digit' };
    const isSocialSecurity = /^\d{3}-\d{2}-\d{4}$/.test(value.trim());
    return isSocialSecurity && /^(?:000|666)|-00-|-0000$/.test(value.trim())
      ? { strength: 'moderate', says: 'is a number that is not given out' }
      : null;
  },
};
