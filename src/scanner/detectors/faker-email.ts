import { FAKER_SURNAMES } from '../vocabulary/faker-words.ts';
import { plain } from '../vocabulary/words.ts';
import type { Detector, Judgement } from './detector.ts';

const CAPITALS = /^\p{Lu}\p{Ll}+(?:[._]\p{Lu}[\p{L}']*)?\d{0,2}@/u;

/** Addresses as generators put them together: `Camille.Reinger42@hotmail.com`, at three live providers. */
export const fakerEmail: Detector = {
  name: 'faker-email',
  family: 'domain',
  wants: ['email'],
  prefilter: {
    words: FAKER_SURNAMES,
    pattern: '@[a-z]+(?:and[a-z]+|group|inc|llc|ltd|plc)[.]',
    exactPattern: "^[A-Z][a-z]+(?:[._][A-Z][A-Za-z']*)?[0-9]{0,2}@(?:gmail|hotmail|yahoo)[.]com$",
  },
  judge({ value }) {
    const at = value.lastIndexOf('@');
    const parts = plain(value.slice(0, Math.max(0, at)))
      .split(/[._]|\d+/)
      .filter((part) => part !== '');
    const isSurname = parts.some((part) => FAKER_SURNAMES.has(part));
    const isProvider = /@(?:gmail|hotmail|yahoo)\.com$/.test(value);
    if (isProvider) return atProvider(value, isSurname);
    const [label = ''] = value
      .slice(at + 1)
      .toLowerCase()
      .split('.');
    const isFirm = label.split('-').some((part) => FAKER_SURNAMES.has(part)) || isFirmOf(label);
    return isFirm ? { strength: 'moderate', says: 'is in a domain of data generators' } : null;
  },
};

/** `kuhicandsons`, `lakingroup`, `hyattinc`, `koeppandmetz`. */
function isFirmOf(label: string): boolean {
  const [, first = ''] = /^([a-z]+?)(?:and[a-z]+|group|inc|llc|ltd|plc)$/.exec(label) ?? [];
  return FAKER_SURNAMES.has(first);
}

function atProvider(value: string, isSurname: boolean): Judgement | null {
  const isCapital = CAPITALS.test(value);
  const hasTwo = /^\p{Lu}\p{Ll}+[._]\p{Lu}/u.test(value);
  if (isSurname && isCapital)
    return { strength: 'strong', says: 'is written as data generators do' };
  if (isSurname) return { strength: 'moderate', says: 'has a family name of data generators' };
  if (hasTwo && isCapital)
    return { strength: 'moderate', says: 'is written as data generators do' };
  return isCapital && /\d/.test(value)
    ? { strength: 'weak', says: 'is written as data generators do' }
    : null;
}
