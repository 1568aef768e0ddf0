import { FAVOURITE_GIVEN } from '../vocabulary/given-names.ts';
import { AMBIGUOUS_MARKERS, GENERIC, MARKERS, MASH, OFFICES } from '../vocabulary/marker-words.ts';
import { plain } from '../vocabulary/words.ts';
import type { Detector, Judgement } from './detector.ts';

const MARK = new Set(MARKERS);
const GENERAL = new Set(GENERIC);
const MASHED = new Set(MASH);
const COMPOUNDS = compounds();

/**
 * The part before the `@`, or a user name, by its words: `demo.user`, `test1`, `bob+test`, `user12`, `asdf`.
 * Words are whole ones, so that `contest`, `demos.georgiou` and `latest` are none.
 */
export const markerLocalPart: Detector = {
  name: 'marker-account',
  family: 'identity',
  wants: ['email', 'username'],
  prefilter: {
    words: [...MARKERS, ...MASH, ...GENERIC, ...COMPOUNDS],
    pattern: '^(?:[^@]|1234|12345|123456)(?:[@+]|$)',
  },
  judge({ value, row }) {
    const at = value.lastIndexOf('@');
    const local = plain(at > 0 ? value.slice(0, at) : value);
    return judgeLocal(local, familyNameIn(row.first('name')));
  },
};

/** The last word of a name whose other words are no words for tests; people are called Demo and Sample. */
function familyNameIn(name: string | null): string | null {
  const parts = plain(name ?? '')
    .split(/[^\p{L}]+/u)
    .filter((part) => part !== '');
  const others = parts.slice(0, -1);
  const isOfPerson =
    others.length > 0 && !others.some((part) => MARK.has(part) || GENERAL.has(part));
  return isOfPerson ? (parts.at(-1) ?? null) : null;
}

function judgeLocal(local: string, familyName: string | null): Judgement | null {
  const [base = '', tag = null] = local.split('+');
  if (tag?.split(/[^\p{L}]+/u).some((word) => MARK.has(word)) === true) {
    return { strength: 'strong', says: 'has a tag for tests' };
  }
  if (/^.$/.test(base)) return { strength: 'moderate', says: 'is one letter' };
  const parts = base
    .split(/[._\-\s]+|(?<=\p{L})(?=\d)|(?<=\d)(?=\p{L})/u)
    .filter((part) => part !== '');
  const letters = parts.filter((part) => /\p{L}/u.test(part));
  if (isMashed(base, letters)) return { strength: 'strong', says: 'is a run over the keyboard' };
  const marks = letters.filter((part) => MARK.has(part) || COMPOUNDS.has(part));
  if (marks.length === 0) return judgeGeneric(parts, letters);
  return marks.every((part) => part === familyName)
    ? { strength: 'weak', says: 'is a family name that is a word for tests' }
    : judgeMarked(letters, marks);
}

function isMashed(base: string, letters: readonly string[]): boolean {
  return MASHED.has(base) || (letters.length > 0 && letters.every((part) => MASHED.has(part)));
}

function judgeMarked(letters: readonly string[], marks: readonly string[]): Judgement | null {
  const others = letters.filter((part) => !marks.includes(part));
  const isPlain = others.every(
    (part) => GENERAL.has(part) || FAVOURITE_GIVEN.has(part) || part.length === 1,
  );
  const isAmbiguous = marks.every((mark) => AMBIGUOUS_MARKERS.has(mark));
  if (others.length === 0 || others.every((part) => GENERAL.has(part))) {
    const strength = isAmbiguous ? 'moderate' : 'strong';
    return { strength, says: 'is made of words for tests' };
  }
  // A family name stands last: anna.test@ may be Anna Test.
  const isFamilyName = marks.length === 1 && letters.at(-1) === marks[0];
  if (isFamilyName) return { strength: 'weak', says: 'ends with a word for tests' };
  const strength = isAmbiguous || !isPlain ? 'weak' : 'moderate';
  return { strength, says: 'begins with a word for tests' };
}

function judgeGeneric(parts: readonly string[], letters: readonly string[]): Judgement | null {
  const isNumbered = parts.length > letters.length;
  if (letters.length === 0 || !letters.every((part) => GENERAL.has(part))) return null;
  const isOffice = letters.every((part) => OFFICES.has(part));
  if (isOffice) return { strength: 'weak', says: 'names nobody' };
  return isNumbered
    ? { strength: 'strong', says: 'is a numbered account' }
    : { strength: 'moderate', says: 'names nobody' };
}

/** `testuser`, `demoaccount`, `usertest`, written as one word. */
function compounds(): ReadonlySet<string> {
  const marks = 'test demo dummy fake sample example mock seed prueba teste'.split(' ');
  const general = GENERIC.filter((word) => word.length > 2);
  return new Set(
    marks.flatMap((mark) => general.flatMap((word) => [`${mark}${word}`, `${word}${mark}`])),
  );
}
