import { FAVOURITE_GIVEN } from '../vocabulary/given-names.ts';
import {
  AMBIGUOUS_MARKERS,
  GENERIC,
  MARKERS,
  MASH,
  spacedWords,
  UNSPACED_WORDS,
} from '../vocabulary/marker-words.ts';
import type { Detector, Judgement } from './detector.ts';

const MARK = new Set(MARKERS);
const GENERAL = new Set(GENERIC);
const MASHED = new Set(MASH);
const NUMBER = new Set(
  'one two three four five six seven eight nine ten uno dos tres un deux trois eins zwei drei um dois i ii iii'.split(
    ' ',
  ),
);
/** `Testy McTestface`, `Testa Testova`, `Tester Testsson`. */
const SILLY = /^test\p{L}* (?:mc|van |von |de )?test\p{L}*$|^demo\p{L}* (?:mc)?demo\p{L}*$/u;

/**
 * Names made of words for tests or for roles: `Test User`, `Demo Customer 3`, `User One`, `asdf asdf`. A
 * plausible given name before such a word is somebody who is called so.
 */
export const markerName: Detector = {
  name: 'marker-name',
  family: 'identity',
  wants: ['name'],
  prefilter: {
    words: [...MARKERS, ...MASH, ...GENERIC],
    pattern: `^(?:test|demo)[^ ]* |${UNSPACED_WORDS}|^(?:1234|12345|123456)$`,
  },
  judge({ value }) {
    const name = spacedWords(value)
      .replaceAll(/["'`´’“”()[\]]/g, '')
      .trim();
    if (SILLY.test(name)) return { strength: 'strong', says: 'is a name for tests' };
    const parts = name
      .split(/[^\p{L}\p{N}]+|(?<=\p{L})(?=\d)|(?<=\d)(?=\p{L})/u)
      .filter((part) => part !== '');
    const letters = parts.filter((part) => /\p{L}/u.test(part));
    if (letters.length === 0) return null;
    if (letters.every((part) => MASHED.has(part))) {
      return { strength: 'strong', says: 'is a run over the keyboard' };
    }
    const hasMark = letters.some((part) => MARK.has(part));
    return hasMark ? judgeMarked(letters) : judgeGeneric(parts, letters);
  },
};

function judgeMarked(letters: readonly string[]): Judgement | null {
  const marks = letters.filter((part) => MARK.has(part));
  const others = letters.filter((part) => !MARK.has(part) && !saysNothing(part));
  const isAmbiguous = marks.every((mark) => AMBIGUOUS_MARKERS.has(mark));
  if (others.length === 0) {
    const isLone = letters.length === 1 && isAmbiguous;
    return { strength: isLone ? 'weak' : 'strong', says: 'is made of words for tests' };
  }
  const isLast = MARK.has(letters.at(-1) ?? '');
  if (isLast || isAmbiguous) return { strength: 'weak', says: 'has a word for tests in it' };
  const isFirst = MARK.has(letters[0] ?? '') && others.every((part) => FAVOURITE_GIVEN.has(part));
  return { strength: isFirst ? 'strong' : 'moderate', says: 'begins with a word for tests' };
}

/** `User One`, `Customer A`, `Usuario 12`: a role and a number, and nobody. */
function judgeGeneric(parts: readonly string[], letters: readonly string[]): Judgement | null {
  const [first = ''] = letters;
  if (!GENERAL.has(first)) return null;
  const rest = letters.slice(1);
  const isNumbered = parts.length > letters.length;
  if (!rest.every(saysNothing)) return null;
  const isSequel = isNumbered || rest.some((part) => NUMBER.has(part) || part.length === 1);
  if (isSequel) return { strength: 'strong', says: 'is a role with a number' };
  return rest.length > 0
    ? { strength: 'moderate', says: 'is a role and no name' }
    : { strength: 'weak', says: 'is a role and no name' };
}

function saysNothing(part: string): boolean {
  return GENERAL.has(part) || NUMBER.has(part) || part.length === 1;
}
