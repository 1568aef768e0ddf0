import { isAscii } from '../../kernel/storable.ts';

/**
 * What lets PostgreSQL leave out the rows that a detector has nothing to say about. A list costs as much as
 * one look into a hash table, however long it is, where a regular expression pays for each of its words.
 * Lists are in lower case; with accents and without, since PostgreSQL compares them as they are. Where its
 * locale is C it puts no letter beyond ASCII into lower case, so such words are listed in each case.
 */
export interface Prefilter {
  /** Any word of the value is one of these; words are cut at everything that is no letter. */
  readonly words?: Iterable<string>;
  /** The value, without what {@link TRIMMED} holds around it, is one of these. */
  readonly whole?: Iterable<string>;
  /** The first word of the value is one of these. */
  readonly firstWord?: Iterable<string>;
  /** Its letters, all of them together (of an address those before the `@`), are those of one of these. */
  readonly letters?: Iterable<string>;
  /** What follows the `@` is one of these. */
  readonly domains?: Iterable<string>;
  /** A regular expression of PostgreSQL, without regard to case; best a short one that is anchored. */
  readonly pattern?: string;
  /** The same with regard to case. */
  readonly exactPattern?: string;
  /** The same, matched against the value without what stands between its digits. */
  readonly digitsPattern?: string;
}

/** The prefilters of all detectors that want one role. */
export interface MergedPrefilter {
  readonly words: readonly string[];
  readonly whole: readonly string[];
  readonly firstWord: readonly string[];
  readonly letters: readonly string[];
  readonly domains: readonly string[];
  readonly patterns: readonly string[];
  readonly exactPatterns: readonly string[];
  readonly digitsPatterns: readonly string[];
  /** {@link TRIMMED}, as far as the database knows it. */
  readonly trimmed: string;
}

/** What stands between words. Few, since PostgreSQL compares each character with all of them. */
export const BETWEEN_WORDS = '0123456789 ._-+@!?,\'"()/#:';
/** What stands between the digits of a number. */
export const BETWEEN_DIGITS = ' .-+()/';
/** What stands around a text, or numbers it. */
const TRIMMED = ' .,:;!?¡¿…#_-"\'`()[]{}*0123456789\t\n';

/** @param isStorable what no value of the database can hold is not looked for */
export function mergePrefilters(
  all: readonly Prefilter[],
  isStorable: (text: string) => boolean,
): MergedPrefilter {
  const list = (of: (each: Prefilter) => Iterable<string> | undefined): readonly string[] => {
    const entries = all.flatMap((each) => [...(of(each) ?? [])]).flatMap(inEachCase);
    return [...new Set(entries)].filter(isStorable);
  };
  const patterns = (of: (each: Prefilter) => string | undefined): readonly string[] =>
    all.flatMap((each) => of(each) ?? []).map(inAscii);
  return {
    trimmed: Array.from(TRIMMED).filter(isStorable).join(''),
    words: list(({ words }) => words),
    whole: list(({ whole }) => whole),
    firstWord: list(({ firstWord }) => firstWord),
    letters: [...new Set(list(({ letters }) => letters).map(withoutBetween))],
    domains: list(({ domains }) => domains),
    patterns: patterns(({ pattern }) => pattern),
    exactPatterns: patterns(({ exactPattern }) => exactPattern),
    digitsPatterns: patterns(({ digitsPattern }) => digitsPattern),
  };
}

/** PostgreSQL's regular expressions know characters by their numbers, which any encoding can write. */
function inAscii(pattern: string): string {
  return pattern.replaceAll(/[^\p{ASCII}]/gu, (char) => {
    const number = (char.codePointAt(0) ?? 0).toString(16);
    return number.length > 4
      ? String.raw`\U${number.padStart(8, '0')}`
      : String.raw`\u${number.padStart(4, '0')}`;
  });
}

/** As {@link Prefilter.whole} compares it. */
export function bare(text: string): string {
  const kept = (char: string): boolean => !TRIMMED.includes(char);
  const chars = Array.from(text.toLowerCase());
  const first = chars.findIndex(kept);
  return first < 0 ? '' : chars.slice(first, chars.findLastIndex(kept) + 1).join('');
}

/** As a database with the locale C has them after `lower()`: `тест`, `Тест`, `ТЕСТ`; `örnek`, `Örnek`. */
function inEachCase(entry: string): readonly string[] {
  if (isAscii(entry)) return [entry];
  const title = entry.replaceAll(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase());
  const sentence = entry.charAt(0).toUpperCase() + entry.slice(1);
  return [entry, asciiLower(sentence), asciiLower(title), asciiLower(entry.toUpperCase())];
}

function asciiLower(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function withoutBetween(text: string): string {
  return Array.from(text)
    .filter((char) => !BETWEEN_WORDS.includes(char))
    .join('');
}
