import { joinSql, type Sql, sql } from '../kernel/sql.ts';
import { BETWEEN_DIGITS, BETWEEN_WORDS, type MergedPrefilter } from './detectors/prefilter.ts';

/** Characters; what a list holds is shorter. */
const LONGEST_LISTED = 200;

/**
 * The condition that a detector may have something to say about the value; null: none ever has.
 * @param isInCluster Citus looks up no word by a subquery of its own for each row; arrays take longer
 */
export function maySay(value: Sql, prefilter: MergedPrefilter, isInCluster = false): Sql | null {
  const { words, whole, firstWord, letters, domains } = prefilter;
  const { patterns, exactPatterns, digitsPatterns, trimmed } = prefilter;
  const start = sql`lower(left(${value}, ${LONGEST_LISTED}::int))`;
  const conditions = [
    ...(whole.length > 0 ? [isListed(sql`btrim(${start}, ${trimmed})`, whole)] : []),
    ...(firstWord.length > 0 ? [isListed(sql`split_part(${start}, ' ', 1)`, firstWord)] : []),
    ...(letters.length > 0 ? [isListed(lettersBeforeAt(start), letters)] : []),
    ...(domains.length > 0 ? [isListed(sql`split_part(${start}, '@', 2)`, domains)] : []),
    ...patterns.map((pattern) => sql`${value} ~* ${pattern}`),
    ...exactPatterns.map((pattern) => sql`${value} ~ ${pattern}`),
    ...digitsPatterns.map((pattern) => sql`${digitsOf(value)} ~ ${pattern}`),
    ...(words.length > 0 ? [hasWord(spaced(start), words, isInCluster)] : []),
  ];
  return conditions.length === 0 ? null : sql`(${joinSql(conditions, '\n             or ')})`;
}

function isListed(text: Sql, list: readonly string[]): Sql {
  return sql`${text} collate "C" = any(${list}::text[])`;
}

function hasWord(text: Sql, words: readonly string[], isInCluster: boolean): Sql {
  const found = sql`string_to_array(${text}, ' ')`;
  if (isInCluster) return sql`(${found} collate "C") && ${words}::text[]`;
  return sql`exists (select
                        from unnest(${found}) as word
                       where ${isListed(sql`word`, words)})`;
}

function digitsOf(text: Sql): Sql {
  return sql`translate(${text}, ${BETWEEN_DIGITS}, '')`;
}

function lettersBeforeAt(text: Sql): Sql {
  return sql`translate(split_part(${text}, '@', 1), ${BETWEEN_WORDS}, '')`;
}

function spaced(text: Sql): Sql {
  return sql`translate(${text}, ${BETWEEN_WORDS}, ${' '.repeat(Array.from(BETWEEN_WORDS).length)})`;
}
