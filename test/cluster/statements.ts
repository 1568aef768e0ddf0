/**
 * What Citus 13.0 refuses, or does otherwise than PostgreSQL, when a statement names a table of a cluster.
 * No test here runs on a cluster, so what would fail there is told from the text.
 */

interface Limit {
  readonly what: string;
  readonly found: RegExp;
}

const LIMITS: readonly Limit[] = [
  { what: 'a lock of rows in several shards', found: /\bfor (?:no key )?update\b/i },
  { what: 'a place in a shard', found: /\.(?:ctid|tableoid|xmin|xmax)\b/i },
  { what: 'a subquery for each row', found: /\bexists\s*\(/i },
  { what: 'parts that see one another', found: /\bas\s*\(\s*(?:insert|update|delete)\b/i },
  { what: 'several tables in one result', found: /\bunion\b/i },
  { what: 'a window over shards', found: /\bover\s*\(/i },
  {
    what: 'rows of a cluster put straight into a table with an identity column',
    found: /\binsert into "hygiene_archive"\."[^"]*_mutations"/i,
  },
  { what: 'a sample', found: /\btablesample\b/i },
  { what: 'a trigger', found: /\bcreate (?:constraint )?trigger\b/i },
  { what: 'a foreign key dropped and added', found: /\bforeign key\b/i },
  { what: 'the size of a shell', found: /\bpg_(?:total_)?relation_size\b/i },
  {
    what: 'rows of the coordinator that may have none in a shard',
    found: /\bfull join\b|"pg_temp"\."[^"]+"(?: as \w+)?\s+left join\b/i,
  },
];

/** What of it stands in a statement; none where it names no table of the cluster. */
export function clusterLimits(statement: string, tables: readonly string[]): readonly string[] {
  const names = tables.map(
    (table) => new RegExp(`"${table}"(?!\\s*\\.)|\\b(?:from|join)\\s+${table}\\b`),
  );
  if (!names.some((name) => name.test(withoutTexts(statement)))) return [];
  return LIMITS.filter(({ found }) => found.test(statement)).map(({ what }) => what);
}

function withoutTexts(statement: string): string {
  return statement.replaceAll(/'(?:[^']|'')*'/g, "''");
}
