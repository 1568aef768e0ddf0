import type { Connection } from '../database/connection.ts';
import { ColumnName, quoteLiteral } from '../kernel/identifiers.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import { withRights } from './ledger-errors.ts';
import { type LedgerNames, ledgerTable } from './names.ts';

/** The columns of the ledger, in its order. */
export const EXPORTED_COLUMNS = [
  ...['seq', 'event', 'migration_id', 'generation', 'checksum', 'config_fingerprint', 'at'],
  ...['duration_ms', 'run_id', 'environment', 'identity', 'actor', 'tool_version', 'ticket'],
  ...['rows', 'checks', 'error', 'note', 'evidence', 'hash_version', 'prev_hash', 'hash'],
] as const;

/** One event as PostgreSQL writes it: nothing is rounded on the way, so its hash can be recomputed. */
export interface ExportedEvent {
  /** The columns as text, in their order; JSON as JSON. */
  readonly values: readonly (string | null)[];
  /** One JSON object, with the names of the columns. */
  readonly json: string;
}

/** All events, in the order of the chain. */
export async function exportedEvents(
  connection: Connection,
  names: LedgerNames,
): Promise<readonly ExportedEvent[]> {
  const values = EXPORTED_COLUMNS.map((name) => sql`(${valueOf(name)})::text`);
  const pairs = EXPORTED_COLUMNS.map(
    (name) => sql`${rawSql(quoteLiteral(name))}, ${valueOf(name)}`,
  );
  const statement = sql`
    select to_json(array[${joinSql(values, ', ')}]) as values,
           json_build_object(${joinSql(pairs, ', ')})::text as json
      from ${ledgerTable(names)} as l
     order by l.seq
  `;
  const { rows } = await withRights(names, 'reader', () =>
    connection.query<ExportedEvent>(statement),
  );
  return rows;
}

/** Times to the microsecond in UTC, as they are hashed. */
function valueOf(column: string): Sql {
  return column === 'at'
    ? rawSql(`to_char(l.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`)
    : sql`l.${new ColumnName(column)}`;
}
