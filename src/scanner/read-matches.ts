import type { Connection } from '../database/connection.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import type { Judges } from './judge-row.ts';
import { keyText } from './row-key.ts';
import { only } from './sample-table.ts';
import { createdAtSql, type JudgedText, type ScannedTable, textSql } from './scanned-table.ts';
import type { TableState } from './scan-state.ts';

const BATCH = 2_000;

interface MatchedRow {
  readonly key: string;
  readonly created: number | null;
  readonly values: readonly (string | null)[];
}

/**
 * The one pass over a table: PostgreSQL leaves out the rows that no detector could object to, the others
 * come in batches and are judged here.
 */
export async function readMatches(
  connection: Connection,
  { scanned, rows, percent }: TableState,
  judges: Judges,
): Promise<void> {
  const texts = scanned.texts.filter(({ role }) => judges.prefilter(role) !== null);
  if (texts.length === 0) return;
  await connection.query(sql`
    declare hygiene_matches no scroll cursor for
    ${matches(scanned, { texts, judges, percent })}
  `);
  for (;;) {
    const batch = await connection.query<MatchedRow>(
      rawSql(`fetch ${String(BATCH)} from hygiene_matches`),
    );
    for (const { key, created, values } of batch.rows) {
      const evidence = judges.judge(texts, values);
      if (evidence.length > 0) rows.add({ key, createdAt: created }, evidence);
    }
    if (batch.rows.length < BATCH) break;
  }
  await connection.query(rawSql('close hygiene_matches'));
}

interface Matches {
  readonly judges: Judges;
  readonly percent: number | null;
  readonly texts: readonly JudgedText[];
}

function matches(scanned: ScannedTable, { texts, judges, percent }: Matches): Sql {
  const { table } = scanned;
  const conditions = texts.flatMap((text) => {
    const { anyCase = null, exact = null } = judges.prefilter(text.role) ?? {};
    const value = textSql(text, 't');
    return [
      ...(anyCase === null ? [] : [sql`${value} ~* ${anyCase}`]),
      ...(exact === null ? [] : [sql`${value} ~ ${exact}`]),
    ];
  });
  const values = texts.map((text) => textSql(text, 't'));
  const some =
    percent === null ? sql`` : sql`tablesample system (${percent}::float4) repeatable (1)`;
  return sql`
    select ${keyText(table, 't')} as key,
           ${createdAtSql(scanned, 't')} as created,
           array[${joinSql(values, ', ')}] as values
      from ${only(table)} as t ${some}
     where ${joinSql(conditions, '\n        or ')}
  `;
}
