import {
  COMMON_PLACEHOLDERS,
  FAMOUS,
  FAVOURITE_NAMES,
  FICTION,
  PLACEHOLDER_NAMES,
} from '../vocabulary/placeholder-names.ts';
import { plain } from '../vocabulary/words.ts';
import type { Detector, Judgement } from './detector.ts';

const verdicts = new Map<string, Judgement>();
const weigh = (names: readonly string[], judgement: Judgement): void => {
  for (const name of names) verdicts.set(name, judgement);
};
weigh(FAVOURITE_NAMES, { strength: 'weak', says: 'is a favourite name of seed scripts' });
weigh(FAMOUS, { strength: 'moderate', says: 'is the name of somebody famous' });
weigh(COMMON_PLACEHOLDERS, {
  strength: 'moderate',
  says: 'is a name that often stands for anybody',
});
weigh(FICTION, { strength: 'strong', says: 'is a character of fiction' });
weigh(PLACEHOLDER_NAMES, { strength: 'strong', says: 'is a name that stands for anybody' });

/** Whole names that seed scripts use for people who do not exist, in many countries. */
export const placeholderName: Detector = {
  name: 'placeholder-name',
  family: 'identity',
  wants: ['name', 'username'],
  prefilter: {
    letters: [...verdicts.keys()],
    pattern: '^(?:mrs?|ms|dr)[.]? | (?:jr|sr)[.]?$',
  },
  judge({ value }) {
    const name = value
      .toLowerCase()
      .replace(/^(?:mrs?|ms|dr)\.? /, '')
      .replace(/ (?:jr|sr)\.?$/, '')
      .replace(/[ ._-]?[0-9]{1,4}$/, '')
      .replaceAll(/[ _]+|\.(?=\p{L})/gu, ' ')
      .trim();
    return verdicts.get(name) ?? verdicts.get(plain(name)) ?? joined.get(plain(name)) ?? null;
  },
};

/** `johndoe`, as a user name has it; too short ones are words of their own. */
const joined = new Map(
  [...verdicts]
    .filter(([name, { strength }]) => name.includes(' ') && name.length > 6 && strength !== 'weak')
    .map(([name, judgement]) => [plain(name).replaceAll(/[^\p{L}]/gu, ''), judgement]),
);
